package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrphanedLeavesTest {
    private static final WorkflowStatus LOST = new WorkflowStatus.Closed(
            "is no longer in Temporal", List.of(), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.UNKNOWN);

    private final FakeOrphanCollector collector = new FakeOrphanCollector();
    private WorkflowStatus status = new WorkflowStatus.Running();
    private CollectionCycle cycle = newCycle();

    private CollectionCycle newCycle() {
        return new CollectionCycle(collector, _ -> status, newMetrics(), collector.guard, collector::nanoTime);
    }

    private static CollectorMetrics newMetrics() {
        return new CollectorMetrics(new SimpleMeterRegistry(), FakeOrphanCollector.CLUSTER);
    }

    @Test
    void shouldLeaveARunningLeaveAlone() {
        // given
        collector.leaving("n1");

        // when
        cycle.run();

        // then
        assertThat(collector.acts).isEmpty();
    }

    @Test
    void shouldTakeTheNodeInAgainBeforeTheOutcomeIsTold() {
        // given
        collector.leaving("n1");
        status = terminated(Phase.Requested, Phase.Cordoned);

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsExactly("uncordon n1", "decide n1", "tell");
        assertThat(told().reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(told().leaveId()).isEqualTo(FakeOrphanCollector.joinId("n1"));
        assertThat(told().retryable()).isTrue();
        assertThat(told().residue()).isEmpty();
        assertThat(told().detail()).contains("n1").contains("ended as terminated");
        assertThat(told().phases())
                .extracting(PhaseTime::phase)
                .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Failed);
        assertThat(collector.told.getFirst().id()).isEqualTo("node-join/fra-1/n1/run-1/Failed");
    }

    @Test
    void shouldNotTakeInANodeThatAnotherLeaveHasCordonedSince() {
        // given
        collector.leaving("n1");
        collector.cordons.put("n1", FakeOrphanCollector.joinId("a-later-leave"));
        status = terminated(Phase.Requested, Phase.Cordoned);

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsExactly("decide n1", "tell");
    }

    @Test
    void shouldNameWhatIsLeftOfALeaveThatWasPastTheDrainAndTouchNothing() {
        // given
        collector.leaving("n1");
        status = terminated(Phase.Requested, Phase.Cordoned, Phase.Drained);

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsExactly("decide n1", "tell");
        assertThat(told().residue())
                .satisfiesExactly(
                        host -> assertThat(host).startsWith("Host: "),
                        node -> assertThat(node)
                                .startsWith("Node: n1 with UID uid-of-n1 is not deleted")
                                .contains("it is cordoned and drained"));
    }

    @Test
    void shouldNotNameANodeThatCameAfterTheLeave() {
        // given
        collector.leaving("n1");
        collector.nodes.put("n1", new NodeState.Registered("uid-anew", FakeOrphanCollector.NOW.plusSeconds(1)));
        status = terminated(Phase.Requested, Phase.Cordoned, Phase.Drained);

        // when
        cycle.run();

        // then
        assertThat(told().residue()).singleElement().asString().startsWith("Host: ");
    }

    @Test
    void shouldNameANodeOfWhichNobodyKnowsHowFarItsLeaveWas() {
        // given
        collector.leaving("n1");
        status = LOST;

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsExactly("decide n1", "tell");
        assertThat(told().residue()).hasSize(2).anyMatch(line -> line.contains("the workflow's history is lost"));
        assertThat(told().phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested, Phase.Failed);
    }

    @Test
    void shouldTellOnceHoweverOftenItSweeps() {
        // given
        collector.leaving("n1");
        status = terminated(Phase.Requested, Phase.Cordoned);

        // when
        for (int i = 0; i < 20; i++) {
            cycle.run();
            collector.pass(Duration.ofSeconds(10));
        }

        // then
        assertThat(collector.told).hasSize(1);
        assertThat(collector.open).isEmpty();
    }

    @Test
    void shouldTakeInAgainWhatALateActivityHasCordoned() {
        // given
        PendingOutcome pendingLeave = collector.leaving("n1");
        collector.cordons.clear();
        status = terminated(Phase.Requested);
        cycle.run();
        collector.cordons.put("n1", pendingLeave.joinId());
        collector.pass(CollectionCycle.QUIESCENT_AFTER);

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsExactly("decide n1", "tell", "uncordon n1", "forget join n1");
    }

    @Test
    void shouldTellOnceMoreUnderItsOwnIdWhatTheWorkflowHadDecided() {
        // given
        collector.leaving("n1");
        OutcomeEvent decided = new OutcomeEvent(
                "node-join/fra-1/n1/run-2/Left",
                FakeOrphanCollector.CLUSTER,
                "n1",
                FakeOrphanCollector.NOW,
                new LeaveSucceeded(
                        FakeOrphanCollector.CLUSTER,
                        collector.open.getFirst().node(),
                        FakeOrphanCollector.joinId("n1"),
                        List.of(),
                        List.of(),
                        "uid",
                        null));
        status = new WorkflowStatus.Closed(
                "ended as terminated",
                phases(Phase.Requested, Phase.Drained),
                new WorkflowStatus.OutcomeState(false, decided),
                WorkflowStatus.Joined.NO);

        // when
        cycle.run();

        // then
        assertThat(collector.told).containsExactly(decided);
    }

    @Test
    void shouldTellNothingWhenTheOutcomeIsOut() {
        // given
        collector.leaving("n1");
        status = new WorkflowStatus.Closed(
                "is completed", List.of(), WorkflowStatus.OutcomeState.PUBLISHED, WorkflowStatus.Joined.NO);

        // when
        cycle.run();

        // then
        assertThat(collector.acts).containsExactly("forget join n1");
    }

    @Test
    void shouldNameTheCordonInTheOutcomeRatherThanHoldItUp() {
        // given
        collector.leaving("n1");
        status = terminated(Phase.Requested, Phase.Cordoned);
        collector.failAt("uncordon n1");
        cycle.run();
        assertThat(collector.told).isEmpty();

        // when
        collector.pass(CollectionCycle.MAX_OUTCOME_DELAY);
        cycle.run();

        // then
        assertThat(told().residue()).singleElement().asString().startsWith("Node n1: ");
        assertThat(collector.open).as("it is tried on").hasSize(1);
    }

    @Test
    void shouldSayThatSomethingOfALeaveIsLeft() {
        // given
        PendingOutcome pendingLeave = collector.leaving("n1");
        collector.failAt("uncordon n1");
        OrphanedLeaves leaves = new OrphanedLeaves(collector, newMetrics());
        WorkflowStatus.Closed closed = terminated(Phase.Requested, Phase.Cordoned);

        // when
        Throwable thrown = catchThrowable(
                () -> leaves.collect(pendingLeave, closed, new CollectionCycle.Age(Duration.ZERO, false)));

        // then
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.COMPENSATION_INCOMPLETE);
        assertThat(Failures.problemOf(thrown).detail()).startsWith("Node n1: ");
    }

    @ParameterizedTest
    @CsvSource({"0,false", "0,true", "1,false", "1,true", "2,false", "2,true"})
    void shouldGoOnAfterItsProcessDiedAtAnyAct(int cut, boolean afterTheEffect) {
        // given
        collector.leaving("n1");
        status = terminated(Phase.Requested, Phase.Cordoned);
        collector.dieAt(cut, afterTheEffect);
        assertThatThrownBy(cycle::run).isInstanceOf(FakeOrphanCollector.Killed.class);
        collector.live();
        collector.pass(Duration.ofSeconds(1));

        // when
        cycle = newCycle();
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        cycle.run();

        // then
        assertThat(collector.cordons).isEmpty();
        assertThat(collector.open).isEmpty();
        assertThat(collector.told.stream().distinct()).hasSize(1);
    }

    private LeaveFailed told() {
        assertThat(collector.told).hasSize(1);
        return (LeaveFailed) collector.told.getFirst().event();
    }

    private static WorkflowStatus.Closed terminated(Phase... reached) {
        return new WorkflowStatus.Closed(
                "ended as terminated", phases(reached), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO);
    }

    private static List<PhaseTime> phases(Phase... reached) {
        return Arrays.stream(reached)
                .map(phase -> new PhaseTime(phase, FakeOrphanCollector.NOW))
                .toList();
    }
}
