package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.service.NodejoinService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People sign in to the dashboard at a real dex, in a real browser. */
@Tag("real")
@Tag("access")
@OnRestartedBed
class SignInE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final SharedBed bed;
    private final NodejoinService service;
    private final OpenIdProvider dex;

    @TempDir
    private Path directory;

    SignInE2E(SharedBed bed) {
        this.bed = bed;
        this.service = bed.testBed().service();
        this.dex = new OpenIdProvider(bed.testBed(), "{\"vera\": [\"sre\"], \"otto\": [\"sre-oncall\"], \"nora\": []}");
    }

    @BeforeAll
    static void skipWithoutABrowser() {
        Browser.unavailableReason().ifPresent(Assumptions::abort);
    }

    @BeforeEach
    void configureAnIssuerThatDoesNotRunYet() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), OpenIdProvider.SECRET);
        service.stop();
        service.prepare(SharedBed.settings());
        String text = Files.readString(service.config());
        assertThat(text).contains("\ndashboard:\n");
        Files.writeString(service.config(), text.replace("\ndashboard:\n", """

                dashboard:
                  oidc:
                    issuer: "%s"
                    clientId: %s
                    clientSecretFile: "%s"
                    externalUrl: "%s"
                    scopes: [openid, profile, groups]
                    viewers: [sre]
                    operators: [sre-oncall]
                """.formatted(
                        dex.issuer(), OpenIdProvider.CLIENT, secret, service.admin())));
        service.start();
    }

    @AfterEach
    void configureNone() {
        dex.close();
        bed.restartServiceWith(SharedBed.settings());
    }

    private static void signIn(Browser browser, String user) {
        browser.awaitText("h2", "Log in to Your Account");
        browser.type("input[name=login]", user);
        browser.type("input[name=password]", user);
        browser.submit("button[type=submit]");
    }

    @Test
    void shouldKnowViewersAndOperatorsByTheirGroups() throws IOException {
        // given a service that runs though its issuer does not
        HostFixture fixture = bed.newHost("signed-in-abort");
        bed.request(fixture);
        bed.histories().awaitPhase(fixture.node(), Phase.Requested);
        String join = "/joins/" + SharedBed.CLUSTER + "/" + fixture.node();
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(bed.readiness())
                        .contains("[!] sign-in: nobody can sign in: the issuer " + dex.issuer() + " does not answer"));
        CommandResult doctor =
                service.cli("doctor", "--config", service.config().toString()).run();
        assertThat(doctor.output()).contains("the issuer " + dex.issuer() + " does not answer");
        try (Browser browser = Browser.openPage(service.admin(), join)) {
            assertThat(browser.text()).contains("Nobody can sign in now", "Joins go on without it");
            dex.start();

            // when a viewer signs in, once the service asks the issuer again
            await().atMost(TIMEOUT).until(() -> {
                browser.goTo(join);
                return !browser.text().contains("Nobody can sign in now");
            });
            signIn(browser, "vera");
            assertThat(browser.path()).isEqualTo(join);
            assertThat(browser.text("header")).contains("vera, viewer");
            browser.awaitText("#live", "Live");
            assertThat(browser.accessibilityFindings()).isEmpty();
            browser.goTo(join + "/abort");
            assertThat(browser.text()).contains("This is for the role operator", "You are vera with the role viewer");
            browser.submit(".sign-out button");
            assertThat(browser.text()).contains("You are signed out");

            // and then an operator
            browser.goTo(join);
            signIn(browser, "otto");
            browser.clickLink("Abort…");
            browser.type("input[name=reason]", "the pool was scaled in");
            browser.submit("form.confirm button");

            // then
            assertThat(browser.path()).isEqualTo(join);
            browser.awaitText("#state", "Cancelled");
            browser.screenshot("signed-in");
            JoinCancelled end = bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
            assertThat(end.detail()).contains("the pool was scaled in", "dashboard user otto, subject ");
        }
    }
}
