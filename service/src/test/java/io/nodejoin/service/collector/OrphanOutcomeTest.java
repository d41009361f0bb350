package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An outcome that is told again is the one that was told. */
class OrphanOutcomeTest {
    private static final List<PhaseTime> REACHED = List.of(new PhaseTime(Phase.Requested, FakeOrphanCollector.NOW));
    private static final WorkflowStatus OWED = ended(WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO);

    private final FakeOrphanCollector collector = new FakeOrphanCollector();
    private WorkflowStatus status = OWED;

    @Test
    void shouldTellTheSameOutcomeAgainThoughTimeHasPassedAndMoreIsLeft() {
        // given
        collector.accepted("n1");
        dyingAtTheEndOfTheEntry();
        collector.node = Optional.of("Node: n1 exists");

        // when
        sweep();

        // then
        assertThat(collector.told).hasSize(2).containsOnly(collector.told.getFirst());
        assertThat(collector.open).isEmpty();
    }

    @Test
    void shouldTellTheSuccessAgainThatWasToldThoughItsNodeIsGone() {
        // given
        collector.accepted("n1");
        collector.nodes.put("n1", new NodeState.Registered("uid-of-n1", FakeOrphanCollector.NOW));
        status = ended(WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.YES);
        dyingAtTheEndOfTheEntry();
        collector.nodes.clear();

        // when
        sweep();

        // then
        assertThat(collector.told).hasSize(2).containsOnly(collector.told.getFirst());
    }

    @Test
    void shouldTellTheOutcomeOfALeaveAgainThatWasToldThoughItsNodeIsGone() {
        // given
        collector.leaving("n1");
        status = new WorkflowStatus.Closed(
                "is no longer in Temporal",
                List.of(),
                WorkflowStatus.OutcomeState.PENDING,
                WorkflowStatus.Joined.UNKNOWN);
        sweep();
        collector.nodes.clear();

        // when
        sweep();

        // then
        assertThat(collector.told).hasSize(2).containsOnly(collector.told.getFirst());
    }

    @Test
    void shouldTellWhatWasToldRatherThanWhatTheWorkflowHadDecided() {
        // given
        collector.accepted("n1");
        dyingAtTheEndOfTheEntry();
        OutcomeEvent decided = cancelled();
        status = ended(new WorkflowStatus.OutcomeState(false, decided), WorkflowStatus.Joined.NO);

        // when
        sweep();

        // then
        assertThat(collector.told).hasSize(2).doesNotContain(decided).containsOnly(collector.told.getFirst());
    }

    @Test
    void shouldTellNothingThatTheLedgerDoesNotHoldYet() {
        // given
        collector.accepted("n1");
        collector.failAt("decide n1");
        sweep();
        assertThat(collector.told).isEmpty();
        collector.live();

        // when
        sweep();

        // then
        assertThat(collector.told).hasSize(1);
        assertThat(collector.open).isEmpty();
    }

    @Test
    void shouldTellOnceMoreUnderItsOwnIdWhatTheWorkflowHadDecided() {
        // given
        collector.accepted("n1");
        OutcomeEvent decided = cancelled();
        status = ended(new WorkflowStatus.OutcomeState(false, decided), WorkflowStatus.Joined.NO);

        // when
        sweep();

        // then
        assertThat(collector.told).containsExactly(decided);
    }

    @ParameterizedTest
    @EnumSource(PendingOutcome.RequestKind.class)
    void shouldPublishAnOutcomeThatTheWorkflowLeftToItOnceItIsAccepted(PendingOutcome.RequestKind kind) {
        // given
        OutcomeEvent decided = cancelled();
        PendingOutcome entry = FakeOrphanCollector.open(kind, "n1");
        collector.open.add(new PendingOutcome(
                kind,
                entry.cluster(),
                entry.node(),
                entry.joinId(),
                entry.acceptedEventId(),
                entry.acceptedAt(),
                entry.run(),
                entry.uid(),
                null,
                decided));
        status = ended(WorkflowStatus.OutcomeState.PUBLISHED, WorkflowStatus.Joined.NO);
        collector.failAt("tell");
        sweep();
        assertThat(collector.open).hasSize(1);
        collector.live();

        // when
        sweep();

        // then
        assertThat(collector.told).containsExactly(decided);
        assertThat(collector.open).isEmpty();
    }

    private void dyingAtTheEndOfTheEntry() {
        collector.effects = (act, effect) -> {
            if (act.equals("forget join n1")) {
                throw new FakeOrphanCollector.Killed();
            }
            effect.run();
        };
        assertThatThrownBy(this::sweep).isInstanceOf(FakeOrphanCollector.Killed.class);
        collector.live();
    }

    /** Each by a garbage collector that knows nothing of the one before, ten seconds later. */
    private void sweep() {
        collector.pass(Duration.ofSeconds(10));
        CollectorMetrics metrics = new CollectorMetrics(new SimpleMeterRegistry(), FakeOrphanCollector.CLUSTER);
        new CollectionCycle(collector, _ -> status, metrics, collector.guard, () -> 0).run();
    }

    private static WorkflowStatus ended(WorkflowStatus.OutcomeState outcome, WorkflowStatus.Joined joined) {
        return new WorkflowStatus.Closed("ended as terminated", REACHED, outcome, joined);
    }

    private static OutcomeEvent cancelled() {
        return new OutcomeEvent(
                "node-join/fra-1/n1/run-2/Cancelled",
                FakeOrphanCollector.CLUSTER,
                "n1",
                FakeOrphanCollector.NOW,
                new JoinCancelled(
                        FakeOrphanCollector.CLUSTER,
                        new NodeName("n1"),
                        FakeOrphanCollector.joinId("n1"),
                        "why",
                        List.of(),
                        List.of(),
                        null,
                        null));
    }
}
