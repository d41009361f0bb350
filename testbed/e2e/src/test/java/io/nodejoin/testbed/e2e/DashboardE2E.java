package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The dashboard in a real browser, on real joins. */
@Tag("real")
@OnSharedBed
class DashboardE2E {
    private final SharedBed bed;

    DashboardE2E(SharedBed bed) {
        this.bed = bed;
    }

    @BeforeAll
    static void skipWithoutABrowser() {
        Browser.unavailableReason().ifPresent(reason -> {
            System.err.println("tests of the dashboard are skipped: " + reason);
            Assumptions.abort(reason);
        });
    }

    private Browser open(String user) {
        return Browser.open(bed.testBed().service().admin(), user);
    }

    private static String page(HostFixture fixture) {
        return "/joins/" + SharedBed.CLUSTER + "/" + fixture.node();
    }

    /** Asks for a join whose machine does not come. */
    private HostFixture waiting(String node) {
        HostFixture fixture = bed.newHost(node);
        bed.request(fixture);
        bed.histories().awaitPhase(fixture.node(), Phase.Requested);
        return fixture;
    }

    @Test
    void shouldLeadFromTheOverviewToTheTimelineOfAJoin() {
        // given
        HostFixture fixture = bed.newHost("dashboard-looked-at");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);

        // when
        try (Browser browser = open("vera")) {
            browser.awaitText("#latest", fixture.node().value());
            browser.clickLink(fixture.node().value());

            // then
            assertThat(browser.path()).isEqualTo(page(fixture));
            assertThat(browser.text("#state")).contains("Joined");
            assertThat(browser.texts("svg.timeline .label"))
                    .containsExactly(
                            "Requested",
                            "AgentConnected",
                            "HostPrepared",
                            "TokenIssued",
                            "CertificateIssued",
                            "KubeletStarted",
                            "NodeReady");
            browser.awaitText("#events", "join.succeeded");
        }
    }

    @Test
    void shouldShowTheJoinsThatPassTheFilterOnly() {
        // given
        HostFixture wanted = waiting("dashboard-filter-in");
        HostFixture other = waiting("dashboard-other");

        // when
        try (Browser browser = open("vera")) {
            browser.goTo("/joins");
            browser.type("input[name=node]", "dashboard-filter");
            browser.click("input[name=open]");
            browser.submit("form button");

            // then
            assertThat(browser.text("#list"))
                    .contains(wanted.node().value())
                    .doesNotContain(other.node().value());
        }
    }

    @Test
    void shouldShowAJoinGoOnWithoutAReload() {
        // given
        HostFixture fixture = waiting("dashboard-watched");
        try (Browser browser = open("vera")) {
            browser.goTo(page(fixture));
            browser.awaitText("#live", "Live");
            browser.awaitText("#state", "Running");
            browser.mark();

            // when
            bed.boot(fixture, Fault.NONE);

            // then
            browser.awaitText("#state", "Joined");
            assertThat(browser.isMarked()).isTrue();
        }
    }

    @Test
    void shouldAbortARunningJoinForAnOperator() {
        // given
        HostFixture fixture = waiting("dashboard-aborted");
        try (Browser browser = open("otto")) {
            browser.goTo(page(fixture));

            // when
            browser.clickLink("Abort…");
            browser.type("input[name=reason]", "the pool was scaled in");
            browser.submit("form button");

            // then
            assertThat(browser.path()).isEqualTo(page(fixture));
            browser.awaitText("#state", "Cancelled");
            JoinCancelled end = bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
            assertThat(end.detail()).contains("the pool was scaled in", "otto");
        }
    }

    @Test
    void shouldExtendTheDeadlineOfARunningJoinForAnOperator() {
        // given
        HostFixture fixture = waiting("dashboard-extended");
        try (Browser browser = open("otto")) {
            browser.goTo(page(fixture));
            assertThat(browser.text("#state")).contains("in 13 min");

            // when
            browser.clickLink("Extend…");
            browser.submit("form button");

            // then
            assertThat(browser.path()).isEqualTo(page(fixture));
            browser.awaitText("#state", "in 23 min");
            assertThat(auditLog()).contains("\"action\":\"join.extend\"", "dashboard user otto");
        }
    }

    @Test
    void shouldReplayADeadLetterForAnOperator() {
        // given a request for a cluster that is not configured
        HostFixture fixture = bed.newHost("dashboard-refused");
        String id = UUID.randomUUID().toString();
        bed.requests()
                .send(
                        SharedBed.requestBuilder(new ClusterName("nowhere"), fixture)
                                .build(),
                        SharedBed.recordKey(fixture.node()),
                        id);
        bed.outcomes().awaitRejection(id);
        try (Browser browser = open("otto")) {
            browser.goTo("/dead-letters");
            browser.awaitText("#letters", fixture.node().value());

            // when
            browser.clickLink("Replay…");
            assertThat(browser.text()).contains("Publish this request again?", "UNKNOWN_CLUSTER");
            browser.submit("form button");

            // then
            assertThat(browser.path()).isEqualTo("/dead-letters");
            assertThat(auditLog()).contains("\"action\":\"dead-letter.replay\"");
        }
    }

    private String auditLog() {
        try {
            return Files.readString(bed.testBed().directories().root().resolve("audit.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTellAViewerThatAnAbortIsForOperators() {
        // given
        HostFixture fixture = waiting("dashboard-kept");

        // when
        try (Browser browser = open("vera")) {
            browser.goTo(page(fixture));
            assertThat(browser.text("#state")).doesNotContain("Abort");
            browser.goTo(page(fixture) + "/abort");

            // then
            assertThat(browser.text()).contains("This is for the role operator", "You are vera with the role viewer");
            bed.histories().awaitPhase(fixture.node(), Phase.Requested);
        }
    }

    @Test
    void shouldBeFitForAssistiveTechnologyInEachColourAndWidth() {
        // given
        HostFixture broken = bed.newHost("dashboard-broken");
        bed.boot(broken, Fault.KUBELET_CANNOT_START);
        bed.request(broken);
        bed.outcomes().awaitOutcome(broken.node(), JoinFailed.class);
        bed.histories().awaitClosed(broken.node());
        HostFixture waiting = waiting("dashboard-waiting");
        try (Browser browser = open("otto")) {
            for (String scheme : new String[] {"light", "dark"}) {
                browser.prefer(scheme);
                // when, then
                inspect(browser, "/", "overview-" + scheme);
                browser.picture("overview-" + scheme);
                inspect(browser, "/joins", "joins-" + scheme);
                inspect(browser, page(broken), "join-" + scheme);
                browser.picture("join-" + scheme);
                inspect(browser, page(waiting) + "/abort", "abort-" + scheme);
                inspect(browser, page(waiting) + "/extend", "extend-" + scheme);
                inspect(browser, "/agents", "agents-" + scheme);
                inspect(browser, "/dead-letters", "dead-letters-" + scheme);
                inspect(browser, "/joins/testbed/nobody", "not-found-" + scheme);
            }
            browser.resize(500, 900);
            browser.prefer("light");
            inspect(browser, "/", "overview-phone");
            inspect(browser, page(broken), "join-phone");
        }
    }

    private static void inspect(Browser browser, String path, String screenshot) {
        browser.goTo(path);
        browser.screenshot(screenshot);
        assertThat(browser.accessibilityFindings()).as(path).isEmpty();
        assertThat(browser.overflow()).as(path + " is wider than the window").isZero();
    }
}
