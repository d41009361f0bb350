package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Joins whose kubelets request their certificates themselves, by a bootstrap kubeconfig. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OnRestartedBed
class KubeletBootstrapE2E {
    private final SharedBed bed;

    KubeletBootstrapE2E(SharedBed bed) {
        this.bed = bed;
    }

    @BeforeAll
    void letKubeletsBootstrap() {
        bed.restartServiceWith(SharedBed.settings().withKubeletBootstrap());
    }

    @AfterAll
    void letAgentsBootstrap() {
        bed.restartServiceWith(SharedBed.settings());
    }

    @Test
    @Tag("full")
    void shouldTakeTheJoinBackIfAThiefUsesItsTokenToo() {
        // given
        HostFixture fixture = bed.newHost("robbed");
        SimulatedHost host = bed.boot(fixture, Fault.KUBELET_HANGS_ONCE);
        bed.request(fixture);
        JoinId join = bed.outcomes().awaitAccepted(fixture.node()).joinId();
        Token token = bed.cluster().awaitTokens(join).iterator().next();

        // when
        try (TokenThief thief = new TokenThief(
                host.identity(), bed.testBed().directories().root().resolve("simulated/thief-of-robbed"))) {
            thief.useToken(bed.cluster().bootstrapKubeconfig(token));

            // then
            JoinFailed end = bed.outcomes().awaitOutcome(fixture.node(), JoinFailed.class);
            assertThat(thief.holdsCertificate()).isTrue();
            assertThat(bed.cluster().ready(fixture.node())).isEmpty();
            assertThat(bed.cluster().isQuarantinedForAll(fixture.node())).isTrue();
            bed.cluster().hasNoCredentialsOf(end.joinId());
        }
    }

    @Test
    @Tag("real")
    void shouldTakeTheJoinBackWithinTwoSecondsOfTheSecondRequest() {
        // given
        HostFixture fixture = bed.newHost("outrun");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinId join = bed.outcomes().awaitAccepted(fixture.node()).joinId();
        Token token = bed.cluster().awaitTokens(join).iterator().next();

        // when
        bed.externalActor().requestACertificateFor(fixture.node(), token);

        // then the API server dates requests in whole seconds
        JoinFailed end = bed.outcomes().awaitOutcome(fixture.node(), JoinFailed.class);
        assertThat(end.reason()).describedAs(end.detail()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
        assertThat(end.phases())
                .filteredOn(reached -> reached.phase() == Phase.Compensating)
                .singleElement()
                .satisfies(stopped -> assertThat(stopped.at())
                        .isBefore(bed.cluster().lastRequestOf(token).plusSeconds(1 + 2)));
        bed.cluster().hasNoCredentialsOf(end.joinId());
    }

    @Test
    @Tag("full")
    void shouldJoinWithAnotherTokenAfterAPersonHasDeletedTheFirst() {
        // given
        HostFixture fixture = bed.startJoin("token-deleted", Fault.KUBELET_HANGS_ONCE, Phase.TokenIssued);
        JoinId join = bed.outcomes().awaitAccepted(fixture.node()).joinId();
        Token first = bed.cluster().awaitTokens(join).iterator().next();

        // when
        bed.externalActor().delete(first);

        // then
        JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(bed.outcomes().reasons(fixture.node())).containsExactly(ErrorCode.TOKEN_LOST);
        assertThat(end.phases())
                .extracting(PhaseTime::phase)
                .containsSubsequence(Phase.TokenIssued, Phase.Compensating, Phase.AgentConnected, Phase.KubeletStarted);
        Set<Token> tokens = bed.cluster().tokens(join);
        assertThat(tokens).hasSize(2).contains(first);
        assertThat(tokens)
                .filteredOn(token -> !token.equals(first))
                .singleElement()
                .satisfies(token ->
                        assertThat(bed.cluster().decisions(token)).isEqualTo(List.of("Approved NodejoinApproved")));
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(end.nodeUid());
        bed.cluster().hasNoCredentialsOf(join);
        assertThat(bed.outcomes().milestones(fixture.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
    }
}
