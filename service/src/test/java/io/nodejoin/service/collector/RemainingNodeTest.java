package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes of joins that are over, and that a sweep leaves where they are. */
class RemainingNodeTest {
    private static final WorkflowStatus LOST = new WorkflowStatus.Closed(
            "is no longer in Temporal", List.of(), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.UNKNOWN);

    private final FakeOrphanCollector collector = new FakeOrphanCollector();
    private WorkflowStatus status = LOST;
    private final CollectionCycle cycle = new CollectionCycle(
            collector,
            _ -> status,
            new CollectorMetrics(new SimpleMeterRegistry(), FakeOrphanCollector.CLUSTER),
            collector.guard,
            collector::nanoTime);

    @Test
    void shouldKeepTheNodeOfAJoinThatSucceededAndWasTerminatedBeforeItCouldSaySo() {
        // given
        collector.join("n1", "aaaaaa");
        OutcomeEvent decided = new OutcomeEvent(
                "node-join/fra-1/n1/run-2/Joined",
                FakeOrphanCollector.CLUSTER,
                "n1",
                FakeOrphanCollector.NOW,
                new JoinSucceeded(
                        FakeOrphanCollector.CLUSTER,
                        new NodeName("n1"),
                        FakeOrphanCollector.joinId("n1"),
                        "uid",
                        List.of(),
                        null,
                        null));
        status = terminated(new WorkflowStatus.OutcomeState(false, decided));

        // when
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        cycle.run();

        // then
        assertThat(collector.acts).contains("revoke aaaaaa").doesNotContain("node n1");
        assertThat(collector.told).containsExactly(decided);
        assertThat(collector.entries).isEmpty();
    }

    @Test
    void shouldTellTheSuccessOfAJoinThatWasTerminatedBeforeItsOutcomeHadItsTurn() {
        // given events that wait for the broker
        collector.accepted("n1");
        collector.nodes.put("n1", new NodeState.Registered("uid-of-n1", FakeOrphanCollector.NOW));
        status = terminated(WorkflowStatus.OutcomeState.PENDING, Phase.Requested, Phase.NodeReady);

        // when
        cycle.run();

        // then
        assertThat(collector.told).singleElement().satisfies(told -> {
            assertThat(told.id()).isEqualTo("node-join/fra-1/n1/run-1/Joined");
            assertThat(told.event())
                    .isEqualTo(new JoinSucceeded(
                            FakeOrphanCollector.CLUSTER,
                            new NodeName("n1"),
                            FakeOrphanCollector.joinId("n1"),
                            "uid-of-n1",
                            phases(Phase.Requested, Phase.NodeReady),
                            null,
                            null));
        });
    }

    @Test
    void shouldTellOfAJoinThatSucceededWithAnEarlierNodeThatItChangedNothing() {
        // given
        collector.accepted("n1");
        collector.nodes.put("n1", new NodeState.Registered("uid-of-n1", FakeOrphanCollector.NOW));
        status = terminated(WorkflowStatus.OutcomeState.PENDING, Phase.Requested);

        // when
        cycle.run();

        // then
        assertThat(collector.told)
                .extracting(OutcomeEvent::event)
                .singleElement()
                .isInstanceOfSatisfying(
                        JoinSucceeded.class,
                        succeeded -> assertThat(succeeded.alreadyJoined()).isTrue());
    }

    @Test
    void shouldTellTheFailureOfAJoinThatSucceededAndWhoseNodeIsGoneBeforeItsOutcomeIsOut() {
        // given
        collector.accepted("n1");
        status = terminated(WorkflowStatus.OutcomeState.PENDING, Phase.Requested);

        // when
        cycle.run();

        // then
        assertThat(collector.told)
                .extracting(OutcomeEvent::event)
                .singleElement()
                .isInstanceOf(JoinFailed.class);
    }

    @Test
    void shouldEndAnEntryThatABackupBringsBackOfAJoinThatSucceededAndKeepItsNode() {
        // given
        collector.join("n1", "aaaaaa");
        status = completed();

        // when
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        cycle.run();

        // then
        assertThat(collector.acts).contains("revoke aaaaaa").doesNotContain("node n1");
        assertThat(collector.entries).isEmpty();
        assertThat(collector.told).isEmpty();
    }

    @Test
    void shouldNameTheReadyNodeOfAJoinThatTemporalHasLostInsteadOfRemovingIt() {
        // given
        collector.join("n1", "aaaaaa");
        collector.ready.put(FakeOrphanCollector.joinId("n1"), "uid-of-n1");
        status = LOST;

        // when
        cycle.run();
        collector.pass(CollectionCycle.QUIESCENT_AFTER);
        cycle.run();

        // then
        assertThat(collector.acts).doesNotContain("node n1");
        assertThat(collector.entries).isEmpty();
        assertThat(collector.told)
                .extracting(OutcomeEvent::event)
                .singleElement()
                .isInstanceOfSatisfying(
                        JoinFailed.class,
                        failed -> assertThat(failed.residue())
                                .anyMatch(line -> line.startsWith("Node: n1 with UID uid-of-n1 ")));
    }

    @Test
    void shouldRemoveTheNodeOfAJoinThatTemporalHasLostBeforeItWasReady() {
        // given
        collector.join("n1", "aaaaaa");
        status = LOST;

        // when
        cycle.run();

        // then
        assertThat(collector.acts).contains("node n1");
    }

    private static WorkflowStatus completed() {
        return new WorkflowStatus.Closed(
                "is completed", List.of(), WorkflowStatus.OutcomeState.PUBLISHED, WorkflowStatus.Joined.YES);
    }

    private static WorkflowStatus terminated(WorkflowStatus.OutcomeState outcome, Phase... reached) {
        return new WorkflowStatus.Closed("ended as terminated", phases(reached), outcome, WorkflowStatus.Joined.YES);
    }

    private static List<PhaseTime> phases(Phase... reached) {
        return Arrays.stream(reached)
                .map(phase -> new PhaseTime(phase, FakeOrphanCollector.NOW))
                .toList();
    }
}
