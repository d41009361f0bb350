package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.RetryAfter;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The name of a join whose workflow is gone, and whose host nobody has reset. */
class NameQuarantineTest {
    private static final Instant UNTIL = FakeOrphanCollector.NOW.plus(Duration.ofDays(1));

    private final FakeOrphanCollector collector = new FakeOrphanCollector();
    private WorkflowStatus status = terminated(WorkflowStatus.Joined.NO, WorkflowStatus.OutcomeState.PENDING);
    private final CollectionCycle cycle = new CollectionCycle(
            collector,
            _ -> status,
            new CollectorMetrics(new SimpleMeterRegistry(), FakeOrphanCollector.CLUSTER),
            collector.guard,
            collector::nanoTime);

    @Test
    void shouldHoldTheNameForTheMachineThatMayHaveTheKey() {
        // given
        NameQuarantine quarantine = issued("machine of n1");

        // when
        cycle.run();

        // then
        assertThat(collector.holds).containsEntry("n1", quarantine);
        assertThat(collector.acts).containsSubsequence("node n1", "hold n1", "tell");
        assertThat(told().residue()).contains(quarantine.residueLine());
        assertThat(told().retryAfter())
                .isEqualTo(RetryAfter.forReason(ErrorCode.TERMINATED, FakeOrphanCollector.joinId("n1")));
    }

    @Test
    void shouldSayWhenTheNameIsFreeIfNoMachineMayHaveItNow() {
        // given
        issued(null);

        // when
        cycle.run();

        // then
        assertThat(told().retryAfter()).isEqualTo(Duration.between(FakeOrphanCollector.NOW, UNTIL));
    }

    @Test
    void shouldHoldTheNameOfAJoinThatTemporalHasLost() {
        // given
        issued("machine of n1");
        status = terminated(WorkflowStatus.Joined.UNKNOWN, WorkflowStatus.OutcomeState.PENDING);

        // when
        cycle.run();

        // then
        assertThat(collector.holds).containsKey("n1");
    }

    @Test
    void shouldHoldTheNameForWhatALateActivityApprovedAfterTheOutcome() {
        // given
        collector.join("n1", "aaaaaa");
        cycle.run();
        wanted("machine of n1");
        collector.pass(CollectionCycle.QUIESCENT_AFTER);

        // when
        cycle.run();

        // then
        assertThat(collector.holds).containsKey("n1");
        assertThat(collector.told).hasSize(1);
    }

    @Test
    void shouldNotHoldANameUnderWhichANodeStays() {
        // given
        issued("machine of n1");
        collector.node = Optional.of("Node: n1 stays");

        // when
        cycle.run();

        // then
        assertThat(collector.holds).isEmpty();
        assertThat(told().residue()).contains("Node: n1 stays");
    }

    @Test
    void shouldNotHoldTheNameOfAJoinThatHadSucceeded() {
        // given
        issued("machine of n1");
        status = terminated(WorkflowStatus.Joined.YES, WorkflowStatus.OutcomeState.PENDING);

        // when
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        cycle.run();

        // then
        assertThat(collector.holds).isEmpty();
    }

    @Test
    void shouldLeaveToAJoinThatCameToItsOutcomeWhetherItsNameIsHeld() {
        // given
        issued("machine of n1");
        status = terminated(WorkflowStatus.Joined.NO, WorkflowStatus.OutcomeState.PUBLISHED);

        // when
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        cycle.run();

        // then
        assertThat(collector.holds).isEmpty();
    }

    @Test
    void shouldTryAgainBeforeItTellsTheOutcomeIfTheNameCannotBeHeld() {
        // given
        issued("machine of n1");
        collector.failAt("hold n1");
        cycle.run();
        assertThat(collector.told).isEmpty();

        // when
        collector.live();
        cycle.run();

        // then
        assertThat(collector.holds).containsKey("n1");
        assertThat(told().residue()).noneMatch(line -> line.contains("busy"));
    }

    private NameQuarantine issued(@Nullable String machineId) {
        collector.join("n1", "aaaaaa");
        return wanted(machineId);
    }

    private NameQuarantine wanted(@Nullable String machineId) {
        NodeRef node = new NodeRef(FakeOrphanCollector.CLUSTER, new NodeName("n1"));
        NameQuarantine quarantine = new NameQuarantine(node, FakeOrphanCollector.joinId("n1"), machineId, UNTIL);
        collector.wanted.put("n1", quarantine);
        return quarantine;
    }

    private JoinFailed told() {
        assertThat(collector.told)
                .extracting(OutcomeEvent::event)
                .singleElement()
                .isInstanceOf(JoinFailed.class);
        return (JoinFailed) collector.told.getFirst().event();
    }

    private static WorkflowStatus terminated(WorkflowStatus.Joined joined, WorkflowStatus.OutcomeState outcome) {
        return new WorkflowStatus.Closed("ended as terminated", List.of(), outcome, joined);
    }
}
