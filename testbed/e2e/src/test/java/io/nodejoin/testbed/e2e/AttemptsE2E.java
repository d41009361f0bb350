package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(BedExtension.class)
@ResourceLock(value = SharedBed.LOCK, mode = ResourceAccessMode.READ)
class AttemptsE2E {
    private final SharedBed bed;

    AttemptsE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldJoinWithAnotherTokenAfterAPersonHasDeletedTheFirst() {
        // given
        HostFixture fixture = bed.startJoin("token-deleted", Fault.KUBELET_HANGS_ONCE, Phase.KubeletStarted);
        JoinId join = bed.outcomes().awaitAccepted(fixture.node()).joinId();
        Token first = bed.cluster().awaitTokens(join).iterator().next();

        // when
        bed.externalActor().delete(first);

        // then
        JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(bed.outcomes().reasons(fixture.node())).containsExactly(ErrorCode.TOKEN_LOST);
        assertThat(end.phases())
                .extracting(PhaseTime::phase)
                .containsSubsequence(
                        Phase.KubeletStarted, Phase.Compensating, Phase.AgentConnected, Phase.KubeletStarted);
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
