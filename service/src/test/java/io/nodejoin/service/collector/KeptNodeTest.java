package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.node.NodeState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes of joins that are over, and that a sweep leaves where they are. */
class KeptNodeTest {
    private static final JoinFate LOST = new JoinFate.Over(
            "is not known to Temporal any more", List.of(), JoinFate.Outcome.OWED, JoinFate.Joined.UNKNOWN);

    private final FakeRemains remains = new FakeRemains();
    private JoinFate fate = LOST;
    private final Sweep sweep = new Sweep(
            remains, _ -> fate, new JanitorMeters(new SimpleMeterRegistry(), FakeRemains.CLUSTER), remains::nanoTime);

    @Test
    void shouldKeepTheNodeOfAJoinThatSucceededAndWasTerminatedBeforeItCouldSaySo() {
        // given
        remains.join("n1", "aaaaaa");
        Announcement decided = new Announcement(
                "node-join/fra-1/n1/run-2/Joined",
                FakeRemains.CLUSTER,
                "n1",
                FakeRemains.NOW,
                new JoinSucceeded(
                        FakeRemains.CLUSTER, new NodeName("n1"), FakeRemains.joinId("n1"), "uid", List.of(), null));
        fate = terminated(new JoinFate.Outcome(false, decided));

        // when
        sweep.run();
        remains.pass(Sweep.SETTLED);
        sweep.run();

        // then
        assertThat(remains.acts).contains("revoke aaaaaa").doesNotContain("node n1");
        assertThat(remains.told).containsExactly(decided);
        assertThat(remains.entries).isEmpty();
    }

    @Test
    void shouldTellTheSuccessOfAJoinThatWasTerminatedBeforeItsOutcomeHadItsTurn() {
        // given events that wait for the broker
        remains.accepted("n1");
        remains.nodes.put("n1", new NodeState.Registered("uid-of-n1", FakeRemains.NOW));
        fate = terminated(JoinFate.Outcome.OWED, Phase.Requested, Phase.NodeReady);

        // when
        sweep.run();

        // then
        assertThat(remains.told).singleElement().satisfies(told -> {
            assertThat(told.id()).isEqualTo("node-join/fra-1/n1/run-1/Joined");
            assertThat(told.event())
                    .isEqualTo(new JoinSucceeded(
                            FakeRemains.CLUSTER,
                            new NodeName("n1"),
                            FakeRemains.joinId("n1"),
                            "uid-of-n1",
                            phases(Phase.Requested, Phase.NodeReady),
                            null));
        });
    }

    @Test
    void shouldTellOfAJoinThatSucceededWithAnEarlierNodeThatItChangedNothing() {
        // given
        remains.accepted("n1");
        remains.nodes.put("n1", new NodeState.Registered("uid-of-n1", FakeRemains.NOW));
        fate = terminated(JoinFate.Outcome.OWED, Phase.Requested);

        // when
        sweep.run();

        // then
        assertThat(remains.told)
                .extracting(Announcement::event)
                .singleElement()
                .isInstanceOfSatisfying(
                        JoinSucceeded.class,
                        succeeded -> assertThat(succeeded.alreadyJoined()).isTrue());
    }

    @Test
    void shouldTellTheFailureOfAJoinThatSucceededAndWhoseNodeIsGoneBeforeItsOutcomeIsOut() {
        // given
        remains.accepted("n1");
        fate = terminated(JoinFate.Outcome.OWED, Phase.Requested);

        // when
        sweep.run();

        // then
        assertThat(remains.told).extracting(Announcement::event).singleElement().isInstanceOf(JoinFailed.class);
    }

    @Test
    void shouldEndAnEntryThatABackupBringsBackOfAJoinThatSucceededAndKeepItsNode() {
        // given
        remains.join("n1", "aaaaaa");
        fate = completed();

        // when
        sweep.run();
        remains.pass(Sweep.SETTLED);
        sweep.run();

        // then
        assertThat(remains.acts).contains("revoke aaaaaa").doesNotContain("node n1");
        assertThat(remains.entries).isEmpty();
        assertThat(remains.told).isEmpty();
    }

    @Test
    void shouldNameTheReadyNodeOfAJoinThatTemporalHasLostInsteadOfRemovingIt() {
        // given
        remains.join("n1", "aaaaaa");
        remains.ready.put(FakeRemains.joinId("n1"), "uid-of-n1");
        fate = LOST;

        // when
        sweep.run();
        remains.pass(Sweep.SETTLED);
        sweep.run();

        // then
        assertThat(remains.acts).doesNotContain("node n1");
        assertThat(remains.entries).isEmpty();
        assertThat(remains.told)
                .extracting(Announcement::event)
                .singleElement()
                .isInstanceOfSatisfying(
                        JoinFailed.class,
                        failed -> assertThat(failed.residue())
                                .anyMatch(line -> line.startsWith("Node: n1 with UID uid-of-n1 ")));
    }

    @Test
    void shouldRemoveTheNodeOfAJoinThatTemporalHasLostBeforeItWasReady() {
        // given
        remains.join("n1", "aaaaaa");
        fate = LOST;

        // when
        sweep.run();

        // then
        assertThat(remains.acts).contains("node n1");
    }

    private static JoinFate completed() {
        return new JoinFate.Over("is completed", List.of(), JoinFate.Outcome.TOLD, JoinFate.Joined.YES);
    }

    private static JoinFate terminated(JoinFate.Outcome outcome, Phase... reached) {
        return new JoinFate.Over("ended as terminated", phases(reached), outcome, JoinFate.Joined.YES);
    }

    private static List<PhaseTime> phases(Phase... reached) {
        return Arrays.stream(reached)
                .map(phase -> new PhaseTime(phase, FakeRemains.NOW))
                .toList();
    }
}
