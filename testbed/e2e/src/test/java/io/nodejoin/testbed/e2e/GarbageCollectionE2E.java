package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Joins whose workflow is taken away while a host holds their token: nobody signs its certificate meanwhile. */
@OnRestartedBed
class GarbageCollectionE2E {
    private static final Duration PROMISED = Duration.ofSeconds(60);

    private final SharedBed bed;
    private final SupervisedProcess signer;
    private final Map<HostFixture, SimulatedHost> hosts = new HashMap<>();

    GarbageCollectionE2E(SharedBed bed) {
        this.bed = bed;
        this.signer = bed.testBed().controlPlane().controllerManager();
    }

    @BeforeEach
    void stopTheSigner() {
        signer.pause();
    }

    @AfterEach
    void startTheSignerAndTheService() {
        signer.resume();
        bed.testBed().service().start();
    }

    @Test
    @Tag("real")
    void shouldTakeBackAndTellAJoinThatWasTerminatedInItsMiddle() {
        // given
        HostFixture fixture = joinWithALiveToken("terminated");

        // when
        bed.histories().terminate(fixture.node());

        // then
        isTakenBackAndTold(fixture);
    }

    @Test
    @Tag("full")
    void shouldTakeBackAndTellOnceWithTwoGarbageCollectorsWhatWasTerminated() {
        // given
        List<HostFixture> fixtures = List.of(joinWithALiveToken("shared-1"), joinWithALiveToken("shared-2"));

        // when
        try (SecondCollector second = SecondCollector.start(bed)) {
            second.awaitCollectionCycle();
            fixtures.forEach(fixture -> bed.histories().terminate(fixture.node()));

            // then
            fixtures.forEach(this::isTakenBackAndTold);
        }
    }

    @Test
    @Tag("full")
    void shouldTakeBackAndTellAJoinThatTemporalHasLost() {
        // given
        HostFixture fixture = joinWithALiveToken("lost");

        // when
        bed.testBed().temporal().stop();
        bed.testBed().temporal().deleteData();
        bed.testBed().temporal().start();

        // then
        isTakenBackAndTold(fixture);
        awaitReadiness();
    }

    @Test
    @Tag("full")
    void shouldTakeBackAndTellAJoinWhoseNamespaceWasDeletedAndServeTheNextOneInANewNamespace() {
        // given
        HostFixture fixture = joinWithALiveToken("unspaced");
        bed.testBed().temporal().deleteNamespace();
        await("readiness that names the namespace")
                .atMost(PROMISED)
                .until(bed::readiness, text -> text.contains("[-] temporal: TEMPORAL_NOT_PREPARED"));
        signer.resume();
        HostFixture next = bed.newHost("respaced");
        bed.boot(next, Fault.NONE);
        bed.request(next);

        // when
        bed.testBed().temporal().makeNamespace();

        // then
        isTakenBackAndTold(fixture);
        bed.outcomes().awaitOutcome(next.node(), JoinSucceeded.class);
        awaitReadiness();
    }

    @Test
    @Tag("full")
    void shouldLeaveAloneAJoinThatWasResetWhileOneGarbageCollectorFollowsAnother() {
        // given a view of the first run in the ledger
        HostFixture fixture = joinWithALiveToken("reset");
        JoinId join = accepted(fixture).joinId();
        List<String> tokens = bed.cluster().liveTokens(join);
        bed.histories().resetToItsEnd(fixture.node());

        // when
        bed.testBed().service().process().kill();
        try (SecondCollector second = SecondCollector.start(bed)) {
            second.awaitCollectionCycle();

            // then
            assertThat(second.startedCleanups()).isZero();
            assertThat(bed.cluster().liveTokens(join)).hasSize(1).isEqualTo(tokens);
            bed.testBed().service().start();
            signer.resume();
            bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        }
        bed.awaitQuiescence(fixture);
        assertThat(bed.histories().runs(fixture.node())).hasSize(2);
        assertThat(bed.cluster().tokens(join)).hasSize(1);
        assertThat(bed.outcomes().milestones(fixture.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
    }

    @Test
    @Tag("real")
    void shouldHaveOneTokenAtATimeAndOneEndWhenAJoinIsResetToItsBeginning() {
        // given
        HostFixture fixture = joinWithALiveToken("again");
        JoinId join = accepted(fixture).joinId();
        String first = bed.cluster().liveTokens(join).getFirst();

        // when
        bed.histories().resetToItsBeginning(fixture.node());

        // then
        await("the token of the new run")
                .atMost(PROMISED)
                .until(() -> bed.cluster().tokens(join).size(), tokens -> tokens == 2);
        assertThat(bed.cluster().liveTokens(join)).hasSize(1).doesNotContain(first);
        bed.requests()
                .send(
                        new JoinCancelRequested(SharedBed.CLUSTER, fixture.node(), "seen", null),
                        SharedBed.recordKey(fixture.node()));
        bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
        bed.awaitQuiescence(fixture);
        bed.cluster().hasNoTokenOf(join);
        assertThat(bed.outcomes().milestones(fixture.node()))
                .filteredOn(milestone -> milestone != JoinAccepted.class)
                .containsExactly(JoinCancelled.class);
    }

    private HostFixture joinWithALiveToken(String name) {
        HostFixture fixture = bed.newHost(name);
        hosts.put(fixture, bed.boot(fixture, Fault.NONE));
        bed.request(fixture);
        bed.outcomes().awaitPhase(fixture.node(), Phase.TokenIssued);
        Token token =
                bed.cluster().awaitTokens(accepted(fixture).joinId()).iterator().next();
        await("the approval").atMost(PROMISED).until(() -> bed.cluster().decisions(token), found -> !found.isEmpty());
        assertThat(bed.cluster().ledgerEntries(accepted(fixture).joinId())).hasSize(2);
        return fixture;
    }

    private void isTakenBackAndTold(HostFixture fixture) {
        Instant lost = Instant.now();
        JoinFailed end = bed.outcomes().awaitOutcome(fixture.node(), JoinFailed.class);
        assertThat(Duration.between(lost, Instant.now())).isLessThan(PROMISED);
        assertThat(end.reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(end.replaceHost()).isFalse();
        assertThat(end.residue()).isEmpty();
        bed.cluster().hasNoTokenOf(end.joinId());
        await("the end of the owed outcome")
                .atMost(PROMISED)
                .until(() ->
                        bed.cluster().ledgerEntries(end.joinId()).stream().noneMatch(entry -> entry.contains("join-")));
        assertThat(bed.cluster().node(fixture.node())).isEmpty();
        assertThat(bed.cluster().quarantinedFor(fixture.node())).isEmpty();
        assertThat(Objects.requireNonNull(hosts.get(fixture)).residue())
                .as("on the host")
                .isEmpty();
        assertThat(bed.outcomes().of(fixture.node()).stream().distinct())
                .as("a repeated outcome has the same bytes")
                .filteredOn(event -> !(event instanceof JoinPhaseChanged))
                .hasExactlyElementsOfTypes(JoinAccepted.class, JoinFailed.class);
    }

    private void awaitReadiness() {
        await("readiness of all")
                .atMost(PROMISED)
                .until(bed::readiness, text -> !text.isEmpty() && !text.contains("[-]"));
    }

    private JoinAccepted accepted(HostFixture fixture) {
        return bed.outcomes().awaitAccepted(fixture.node());
    }
}
