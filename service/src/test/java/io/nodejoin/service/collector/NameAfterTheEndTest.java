package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.RetryAfter;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The name of a join whose workflow is gone, and whose host nobody has reset. */
class NameAfterTheEndTest {
    private static final Instant UNTIL = FakeRemains.NOW.plus(Duration.ofDays(1));

    private final FakeRemains remains = new FakeRemains();
    private JoinFate fate = terminated(JoinFate.Joined.NO, JoinFate.Outcome.OWED);
    private final Sweep sweep = new Sweep(
            remains, _ -> fate, new JanitorMeters(new SimpleMeterRegistry(), FakeRemains.CLUSTER), remains::nanoTime);

    @Test
    void shouldHoldTheNameForTheMachineThatMayHaveTheKey() {
        // given
        NameHold hold = issued("machine of n1");

        // when
        sweep.run();

        // then
        assertThat(remains.holds).containsEntry("n1", hold);
        assertThat(remains.acts).containsSubsequence("node n1", "hold n1", "tell");
        assertThat(told().residue()).contains(hold.residue());
        assertThat(told().retryAfter()).isEqualTo(RetryAfter.of(ErrorCode.TERMINATED, FakeRemains.joinId("n1")));
    }

    @Test
    void shouldSayWhenTheNameIsFreeIfNoMachineMayHaveItNow() {
        // given
        issued(null);

        // when
        sweep.run();

        // then
        assertThat(told().retryAfter()).isEqualTo(Duration.between(FakeRemains.NOW, UNTIL));
    }

    @Test
    void shouldHoldTheNameOfAJoinThatTemporalHasLost() {
        // given
        issued("machine of n1");
        fate = terminated(JoinFate.Joined.UNKNOWN, JoinFate.Outcome.OWED);

        // when
        sweep.run();

        // then
        assertThat(remains.holds).containsKey("n1");
    }

    @Test
    void shouldHoldTheNameForWhatALateActivityApprovedAfterTheOutcome() {
        // given
        remains.join("n1", "aaaaaa");
        sweep.run();
        wanted("machine of n1");
        remains.pass(Sweep.SETTLED);

        // when
        sweep.run();

        // then
        assertThat(remains.holds).containsKey("n1");
        assertThat(remains.told).hasSize(1);
    }

    @Test
    void shouldNotHoldANameUnderWhichANodeStays() {
        // given
        issued("machine of n1");
        remains.node = Optional.of("Node: n1 stays");

        // when
        sweep.run();

        // then
        assertThat(remains.holds).isEmpty();
        assertThat(told().residue()).contains("Node: n1 stays");
    }

    @Test
    void shouldNotHoldTheNameOfAJoinThatHadSucceeded() {
        // given
        issued("machine of n1");
        fate = terminated(JoinFate.Joined.YES, JoinFate.Outcome.OWED);

        // when
        sweep.run();
        remains.pass(Sweep.SETTLED);
        sweep.run();

        // then
        assertThat(remains.holds).isEmpty();
    }

    @Test
    void shouldLeaveToAJoinThatCameToItsOutcomeWhetherItsNameIsHeld() {
        // given
        issued("machine of n1");
        fate = terminated(JoinFate.Joined.NO, JoinFate.Outcome.TOLD);

        // when
        sweep.run();
        remains.pass(Sweep.SETTLED);
        sweep.run();

        // then
        assertThat(remains.holds).isEmpty();
    }

    @Test
    void shouldTryAgainBeforeItTellsTheOutcomeIfTheNameCannotBeHeld() {
        // given
        issued("machine of n1");
        remains.failAt("hold n1");
        sweep.run();
        assertThat(remains.told).isEmpty();

        // when
        remains.live();
        sweep.run();

        // then
        assertThat(remains.holds).containsKey("n1");
        assertThat(told().residue()).noneMatch(line -> line.contains("busy"));
    }

    private NameHold issued(@Nullable String machineId) {
        remains.join("n1", "aaaaaa");
        return wanted(machineId);
    }

    private NameHold wanted(@Nullable String machineId) {
        NodeRef node = new NodeRef(FakeRemains.CLUSTER, new NodeName("n1"));
        NameHold hold = new NameHold(node, FakeRemains.joinId("n1"), machineId, UNTIL);
        remains.wanted.put("n1", hold);
        return hold;
    }

    private JoinFailed told() {
        assertThat(remains.told).extracting(Announcement::event).singleElement().isInstanceOf(JoinFailed.class);
        return (JoinFailed) remains.told.getFirst().event();
    }

    private static JoinFate terminated(JoinFate.Joined joined, JoinFate.Outcome outcome) {
        return new JoinFate.Over("ended as terminated", List.of(), outcome, joined);
    }
}
