package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes that joins have created, and that no machine has registered with. */
class OrphanedNodeTest {
    private final FakeOrphanCollector collector = new FakeOrphanCollector();
    private WorkflowStatus status = closed(WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO);
    private final CollectionCycle cycle = new CollectionCycle(
            collector,
            _ -> status,
            new CollectorMetrics(new SimpleMeterRegistry(), FakeOrphanCollector.CLUSTER),
            collector.guard,
            collector::nanoTime);

    @Test
    void shouldDeleteTheNodeOfATerminatedJoinAfterItsTokenIsRevoked() {
        // given
        collector.join("n1", "aaaaaa");
        collector.created("n1");

        // when
        cycle.run();

        // then
        assertThat(collector.createdNodes).isEmpty();
        assertThat(collector.acts).containsSubsequence("revoke aaaaaa", "created node n1");
    }

    @Test
    void shouldDeleteANodeThatATimedOutRequestCreatedAfterTheOutcomeOfItsJoin() {
        // given
        collector.created("n1");
        status = closed(new WorkflowStatus.OutcomeState(true, null), WorkflowStatus.Joined.NO);

        // when
        cycle.run();

        // then
        assertThat(collector.createdNodes).isEmpty();
        assertThat(collector.told).isEmpty();
    }

    @Test
    void shouldDeleteTheNodeOfAJoinThatTemporalHasLost() {
        // given
        collector.created("n1");
        status = closed(WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.UNKNOWN);

        // when
        cycle.run();

        // then
        assertThat(collector.createdNodes).isEmpty();
    }

    @Test
    void shouldKeepTheNodeOfAJoinThatRuns() {
        // given
        collector.created("n1");
        status = new WorkflowStatus.Running();

        // when
        cycle.run();

        // then
        assertThat(collector.createdNodes).hasSize(1);
    }

    @Test
    void shouldKeepTheNodeOfAJoinThatSucceededWhileTheWatchIsLate() {
        // given
        collector.created("n1");
        status = closed(new WorkflowStatus.OutcomeState(true, null), WorkflowStatus.Joined.YES);

        // when
        cycle.run();

        // then
        assertThat(collector.createdNodes).hasSize(1);
    }

    @Test
    void shouldKeepTheNodeWhileTemporalDoesNotSayWhatItsJoinDoes() {
        // given
        collector.created("n1");
        status = new WorkflowStatus.Unreachable("away");

        // when
        cycle.run();

        // then
        assertThat(collector.createdNodes).hasSize(1);
    }

    private static WorkflowStatus closed(WorkflowStatus.OutcomeState outcome, WorkflowStatus.Joined joined) {
        return new WorkflowStatus.Closed("ended as terminated", List.of(), outcome, joined);
    }
}
