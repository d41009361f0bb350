package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokenLeavesTest {
    private static final JoinFate LOST = new JoinFate.Over(
            "is not known to Temporal any more", List.of(), JoinFate.Outcome.OWED, JoinFate.Joined.UNKNOWN);

    private final FakeRemains remains = new FakeRemains();
    private JoinFate fate = new JoinFate.Running();
    private Sweep sweep = janitor();

    private Sweep janitor() {
        JanitorMeters counts = new JanitorMeters(new SimpleMeterRegistry(), FakeRemains.CLUSTER);
        return new Sweep(remains, _ -> fate, counts, remains::nanoTime);
    }

    @Test
    void shouldLeaveARunningLeaveAlone() {
        // given
        remains.leaving("n1");

        // when
        sweep.run();

        // then
        assertThat(remains.acts).isEmpty();
    }

    @Test
    void shouldTakeTheNodeInAgainBeforeTheOutcomeIsTold() {
        // given
        remains.leaving("n1");
        fate = terminated(Phase.Requested, Phase.Cordoned);

        // when
        sweep.run();

        // then
        assertThat(remains.acts).containsExactly("uncordon n1", "decide n1", "tell");
        assertThat(told().reason()).isEqualTo(ErrorCode.TERMINATED);
        assertThat(told().leaveId()).isEqualTo(FakeRemains.joinId("n1"));
        assertThat(told().retryable()).isTrue();
        assertThat(told().residue()).isEmpty();
        assertThat(told().detail()).contains("n1").contains("ended as terminated");
        assertThat(told().phases())
                .extracting(PhaseTime::phase)
                .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Failed);
        assertThat(remains.told.getFirst().id()).isEqualTo("node-join/fra-1/n1/run-1/Failed");
    }

    @Test
    void shouldNotTakeInANodeThatAnotherLeaveHasCordonedSince() {
        // given
        remains.leaving("n1");
        remains.cordons.put("n1", FakeRemains.joinId("a-later-leave"));
        fate = terminated(Phase.Requested, Phase.Cordoned);

        // when
        sweep.run();

        // then
        assertThat(remains.acts).containsExactly("decide n1", "tell");
    }

    @Test
    void shouldNameWhatIsLeftOfALeaveThatWasPastTheDrainAndTouchNothing() {
        // given
        remains.leaving("n1");
        fate = terminated(Phase.Requested, Phase.Cordoned, Phase.Drained);

        // when
        sweep.run();

        // then
        assertThat(remains.acts).containsExactly("decide n1", "tell");
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
        remains.leaving("n1");
        remains.nodes.put("n1", new NodeState.Registered("uid-anew", FakeRemains.NOW.plusSeconds(1)));
        fate = terminated(Phase.Requested, Phase.Cordoned, Phase.Drained);

        // when
        sweep.run();

        // then
        assertThat(told().residue()).singleElement().asString().startsWith("Host: ");
    }

    @Test
    void shouldNameANodeOfWhichNobodyKnowsHowFarItsLeaveWas() {
        // given
        remains.leaving("n1");
        fate = LOST;

        // when
        sweep.run();

        // then
        assertThat(remains.acts).containsExactly("decide n1", "tell");
        assertThat(told().residue()).hasSize(2).anyMatch(line -> line.contains("Temporal does not know any more"));
        assertThat(told().phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested, Phase.Failed);
    }

    @Test
    void shouldTellOnceHoweverOftenItSweeps() {
        // given
        remains.leaving("n1");
        fate = terminated(Phase.Requested, Phase.Cordoned);

        // when
        for (int i = 0; i < 20; i++) {
            sweep.run();
            remains.pass(Duration.ofSeconds(10));
        }

        // then
        assertThat(remains.told).hasSize(1);
        assertThat(remains.open).isEmpty();
    }

    @Test
    void shouldTakeInAgainWhatALateActivityHasCordoned() {
        // given
        OpenJoin leave = remains.leaving("n1");
        remains.cordons.clear();
        fate = terminated(Phase.Requested);
        sweep.run();
        remains.cordons.put("n1", leave.joinId());
        remains.pass(Sweep.SETTLED);

        // when
        sweep.run();

        // then
        assertThat(remains.acts).containsExactly("decide n1", "tell", "uncordon n1", "forget join n1");
    }

    @Test
    void shouldTellOnceMoreUnderItsOwnIdWhatTheWorkflowHadDecided() {
        // given
        remains.leaving("n1");
        Announcement decided = new Announcement(
                "node-join/fra-1/n1/run-2/Left",
                FakeRemains.CLUSTER,
                "n1",
                FakeRemains.NOW,
                new LeaveSucceeded(
                        FakeRemains.CLUSTER,
                        remains.open.getFirst().node(),
                        FakeRemains.joinId("n1"),
                        List.of(),
                        List.of(),
                        "uid"));
        fate = new JoinFate.Over(
                "ended as terminated",
                phases(Phase.Requested, Phase.Drained),
                new JoinFate.Outcome(false, decided),
                JoinFate.Joined.NO);

        // when
        sweep.run();

        // then
        assertThat(remains.told).containsExactly(decided);
    }

    @Test
    void shouldTellNothingWhenTheOutcomeIsOut() {
        // given
        remains.leaving("n1");
        fate = new JoinFate.Over("is completed", List.of(), JoinFate.Outcome.TOLD, JoinFate.Joined.NO);

        // when
        sweep.run();

        // then
        assertThat(remains.acts).containsExactly("forget join n1");
    }

    @Test
    void shouldNameTheCordonInTheOutcomeRatherThanHoldItUp() {
        // given
        remains.leaving("n1");
        fate = terminated(Phase.Requested, Phase.Cordoned);
        remains.failAt("uncordon n1");
        sweep.run();
        assertThat(remains.told).isEmpty();

        // when
        remains.pass(Sweep.PATIENCE);
        sweep.run();

        // then
        assertThat(told().residue()).singleElement().asString().startsWith("Node n1: ");
        assertThat(remains.open).as("it is tried on").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0,false", "0,true", "1,false", "1,true", "2,false", "2,true"})
    void shouldGoOnAfterItsProcessDiedAtAnyAct(int cut, boolean afterTheEffect) {
        // given
        remains.leaving("n1");
        fate = terminated(Phase.Requested, Phase.Cordoned);
        remains.dieAt(cut, afterTheEffect);
        assertThatThrownBy(sweep::run).isInstanceOf(FakeRemains.Killed.class);
        remains.live();
        remains.pass(Duration.ofSeconds(1));

        // when
        sweep = janitor();
        sweep.run();
        remains.pass(Sweep.SETTLED);
        sweep.run();

        // then
        assertThat(remains.cordons).isEmpty();
        assertThat(remains.open).isEmpty();
        assertThat(remains.told.stream().distinct()).hasSize(1);
    }

    private LeaveFailed told() {
        assertThat(remains.told).hasSize(1);
        return (LeaveFailed) remains.told.getFirst().event();
    }

    private static JoinFate terminated(Phase... reached) {
        return new JoinFate.Over("ended as terminated", phases(reached), JoinFate.Outcome.OWED, JoinFate.Joined.NO);
    }

    private static List<PhaseTime> phases(Phase... reached) {
        return Arrays.stream(reached)
                .map(phase -> new PhaseTime(phase, FakeRemains.NOW))
                .toList();
    }
}
