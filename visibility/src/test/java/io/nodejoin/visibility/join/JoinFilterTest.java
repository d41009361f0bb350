package io.nodejoin.visibility.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.hostile.HostileText;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JoinFilterTest {
    @Test
    void shouldAskForEveryJoinAndLeaveWithoutAnyCondition() {
        assertThat(JoinFilter.all().toQuery())
                .isEqualTo("WorkflowType IN ('NodeJoinWorkflow', 'MachineBindingWorkflow', 'NodeLeaveWorkflow')"
                        + " AND (WorkflowType != 'MachineBindingWorkflow' OR ExecutionStatus != 'ContinuedAsNew'"
                        + " OR NodeJoinPhase != 'Requested')");
    }

    @Test
    void shouldCombineAllConditions() {
        // given
        JoinFilter filter = JoinFilter.open()
                .withKind(RequestKind.JOIN)
                .withCluster(new ClusterName("fra-1"))
                .withPool(new PoolName("batch_2"))
                .withPhases(Set.of(Phase.TokenIssued, Phase.Requested))
                .withReason(ErrorCode.CSR_TIMEOUT)
                .withNodePrefix("worker-1.")
                .withSince(Instant.parse("2026-11-30T10:00:00Z"))
                .withBefore(Instant.parse("2026-11-30T11:00:00Z"));

        // when
        String query = filter.toQuery();

        // then
        assertThat(query)
                .isEqualTo(
                        "WorkflowType IN ('NodeJoinWorkflow', 'MachineBindingWorkflow') AND NodeJoinCluster = 'fra-1'"
                                + " AND NodeJoinPool = 'batch_2' AND NodeJoinPhase IN ('Requested', 'TokenIssued') AND NodeJoinReason = 'CSR_TIMEOUT'"
                                + " AND NodeJoinNode STARTS_WITH 'worker-1.' AND ExecutionStatus = 'Running'"
                                + " AND StartTime >= '2026-11-30T10:00:00Z' AND StartTime < '2026-11-30T11:00:00Z'");
    }

    @Test
    void shouldRefuseWhatIsNoBeginningOfANodeName() {
        assertThatIllegalArgumentException().isThrownBy(() -> JoinFilter.all().withNodePrefix("a' OR 'a' = 'a"));
        assertThat(HostileText.all())
                .noneMatch(hostile -> JoinFilter.isNodePrefix(hostile.text())
                        && hostile.text().contains("'"));
    }
}
