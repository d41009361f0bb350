package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An outcome that is told again is the one that was told. */
class OutcomeTest {
    private static final List<PhaseTime> REACHED = List.of(new PhaseTime(Phase.Requested, FakeRemains.NOW));
    private static final JoinFate OWED = ended(JoinFate.Outcome.OWED, JoinFate.Joined.NO);

    private final FakeRemains remains = new FakeRemains();
    private JoinFate fate = OWED;

    @Test
    void shouldTellTheSameOutcomeAgainThoughTimeHasPassedAndMoreIsLeft() {
        // given
        remains.accepted("n1");
        dyingAtTheEndOfTheEntry();
        remains.node = Optional.of("Node: n1 exists");

        // when
        sweep();

        // then
        assertThat(remains.told).hasSize(2).containsOnly(remains.told.getFirst());
        assertThat(remains.open).isEmpty();
    }

    @Test
    void shouldTellTheSuccessAgainThatWasToldThoughItsNodeIsGone() {
        // given
        remains.accepted("n1");
        remains.nodes.put("n1", new NodeState.Registered("uid-of-n1", FakeRemains.NOW));
        fate = ended(JoinFate.Outcome.OWED, JoinFate.Joined.YES);
        dyingAtTheEndOfTheEntry();
        remains.nodes.clear();

        // when
        sweep();

        // then
        assertThat(remains.told).hasSize(2).containsOnly(remains.told.getFirst());
    }

    @Test
    void shouldTellTheOutcomeOfALeaveAgainThatWasToldThoughItsNodeIsGone() {
        // given
        remains.leaving("n1");
        fate = new JoinFate.Over(
                "is not known to Temporal any more", List.of(), JoinFate.Outcome.OWED, JoinFate.Joined.UNKNOWN);
        sweep();
        remains.nodes.clear();

        // when
        sweep();

        // then
        assertThat(remains.told).hasSize(2).containsOnly(remains.told.getFirst());
    }

    @Test
    void shouldTellWhatWasToldRatherThanWhatTheWorkflowHadDecided() {
        // given
        remains.accepted("n1");
        dyingAtTheEndOfTheEntry();
        Announcement decided = cancelled();
        fate = ended(new JoinFate.Outcome(false, decided), JoinFate.Joined.NO);

        // when
        sweep();

        // then
        assertThat(remains.told).hasSize(2).doesNotContain(decided).containsOnly(remains.told.getFirst());
    }

    @Test
    void shouldTellNothingThatTheLedgerDoesNotHoldYet() {
        // given
        remains.accepted("n1");
        remains.failAt("decide n1");
        sweep();
        assertThat(remains.told).isEmpty();
        remains.live();

        // when
        sweep();

        // then
        assertThat(remains.told).hasSize(1);
        assertThat(remains.open).isEmpty();
    }

    @Test
    void shouldTellOnceMoreUnderItsOwnIdWhatTheWorkflowHadDecided() {
        // given
        remains.accepted("n1");
        Announcement decided = cancelled();
        fate = ended(new JoinFate.Outcome(false, decided), JoinFate.Joined.NO);

        // when
        sweep();

        // then
        assertThat(remains.told).containsExactly(decided);
    }

    private void dyingAtTheEndOfTheEntry() {
        remains.effects = (act, effect) -> {
            if (act.equals("forget join n1")) {
                throw new FakeRemains.Killed();
            }
            effect.run();
        };
        assertThatThrownBy(this::sweep).isInstanceOf(FakeRemains.Killed.class);
        remains.live();
    }

    /** Each by a janitor that knows nothing of the one before, ten seconds later. */
    private void sweep() {
        remains.pass(Duration.ofSeconds(10));
        JanitorMeters counts = new JanitorMeters(new SimpleMeterRegistry(), FakeRemains.CLUSTER);
        new Sweep(remains, _ -> fate, counts, () -> 0).run();
    }

    private static JoinFate ended(JoinFate.Outcome outcome, JoinFate.Joined joined) {
        return new JoinFate.Over("ended as terminated", REACHED, outcome, joined);
    }

    private static Announcement cancelled() {
        return new Announcement(
                "node-join/fra-1/n1/run-2/Cancelled",
                FakeRemains.CLUSTER,
                "n1",
                FakeRemains.NOW,
                new JoinCancelled(
                        FakeRemains.CLUSTER,
                        new NodeName("n1"),
                        FakeRemains.joinId("n1"),
                        "why",
                        List.of(),
                        List.of(),
                        null));
    }
}
