package io.nodejoin.service.collector;

import static io.nodejoin.service.collector.TalkingRuns.CLUSTER;
import static io.nodejoin.service.collector.TalkingRuns.NODE;
import static io.nodejoin.service.collector.TalkingRuns.NOW;
import static io.nodejoin.service.collector.TalkingRuns.announcement;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.service.config.TemporalConfig;
import io.nodejoin.service.collector.TalkingRuns.TalkingRun;
import io.nodejoin.service.worker.TemporalClients;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemporalJoinRunsTest {
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final JoinId NEXT = JoinId.of("test", "next");
    private static final JoinId THIRD = JoinId.of("test", "3");
    private static final String OTHER_RUN = "11111111-1111-1111-1111-111111111111";

    private final TalkingRuns runs = new TalkingRuns();

    @AfterEach
    void close() {
        runs.close();
    }

    @Test
    void shouldFindAJoinRunningWhateverRunTheEntryNames() {
        // given a join that was reset since
        runs.begin(JOIN);

        // when
        JoinFate fate = runs.fate(JOIN, OTHER_RUN);

        // then
        assertThat(fate).isInstanceOf(JoinFate.Running.class);
    }

    @Test
    void shouldFindAJoinOverThatTemporalDoesNotKnow() {
        // when
        JoinFate fate = runs.fate(JOIN, OTHER_RUN);

        // then
        assertThat(fate)
                .isEqualTo(new JoinFate.Over(
                        "is not known to Temporal any more",
                        List.of(),
                        JoinFate.Outcome.OWED,
                        JoinFate.Joined.UNKNOWN));
    }

    @Test
    void shouldTakeTheOutcomeOfACompletedJoinForTold() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.complete();

        // when
        JoinFate.Over fate = over(JOIN, join);

        // then
        assertThat(fate.outcome()).isEqualTo(JoinFate.Outcome.TOLD);
        assertThat(fate.closedAt()).isEqualTo(join.closedAt());
    }

    @Test
    void shouldReadFromATerminatedJoinWhatItHadReached() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.reach(Phase.Requested);
        join.say(new JoinAccepted(CLUSTER, NODE, JOIN, NOW));
        join.reach(Phase.AgentConnected);
        join.terminate();

        // when
        JoinFate.Over fate = over(JOIN, join);

        // then
        assertThat(fate.how()).isEqualTo("ended as terminated");
        assertThat(fate.outcome()).isEqualTo(JoinFate.Outcome.OWED);
        assertThat(fate.joined()).isEqualTo(JoinFate.Joined.NO);
        assertThat(fate.phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested, Phase.AgentConnected);
    }

    @Test
    void shouldFindThatATerminatedJoinHadSucceededBeforeAnyEventSaysSo() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.reach(Phase.NodeReady, Phase.Joined);
        join.terminate();

        // when
        JoinFate.Over fate = over(JOIN, join);

        // then
        assertThat(fate.joined()).isEqualTo(JoinFate.Joined.YES);
        assertThat(fate.phases()).extracting(PhaseTime::phase).containsExactly(Phase.NodeReady, Phase.Joined);
    }

    @ParameterizedTest
    @CsvSource({"Joined,YES", "Failed,NO"})
    void shouldSayOfACompletedJoinWhetherItSucceeded(Phase last, JoinFate.Joined joined) {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.reach(last);
        join.complete();

        // when
        JoinFate.Over fate = over(JOIN, join);

        // then
        assertThat(fate.joined()).isEqualTo(joined);
    }

    @Test
    void shouldFindThatAJoinHadSucceededThatAnotherOneHasFollowed() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.reach(Phase.Joined);
        join.giveWay(NEXT);

        // when
        JoinFate.Over fate = over(JOIN, join);
        JoinFate next = runs.fate(NEXT, join.id());

        // then
        assertThat(fate.joined()).isEqualTo(JoinFate.Joined.YES);
        assertThat(next).isInstanceOf(JoinFate.Running.class);
    }

    @Test
    void shouldNotTakeTheSuccessOfTheRunThatAcceptedAJoinForItsOwn() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.reach(Phase.Joined);
        join.complete();

        // when
        JoinFate.Over fate = over(NEXT, join);

        // then
        assertThat(fate.joined()).isEqualTo(JoinFate.Joined.NO);
    }

    @Test
    void shouldFindTheOutcomeThatATerminatedJoinWasAboutToTell() throws InterruptedException {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.beginToTell(cancelled(JOIN));
        join.terminate();

        // when
        JoinFate.Over fate = over(JOIN, join);

        // then
        assertThat(fate.outcome()).isEqualTo(new JoinFate.Outcome(false, announcement(cancelled(JOIN))));
    }

    @Test
    void shouldFindTheOutcomeToldOfAJoinThatWasTerminatedRightAfter() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.tell(cancelled(JOIN));
        join.terminate();

        // when
        JoinFate.Over fate = over(JOIN, join);

        // then
        assertThat(fate.outcome()).isEqualTo(JoinFate.Outcome.TOLD);
    }

    @Test
    void shouldFindTheOwnRunOfAJoinWhoseNodeIsJoinedByALaterOne() {
        // given
        TalkingRun earlier = runs.begin(JOIN);
        earlier.terminate();
        runs.begin(NEXT);

        // when
        JoinFate.Over fate = over(JOIN, earlier);

        // then
        assertThat(fate.how()).isEqualTo("ended as terminated");
    }

    @Test
    void shouldTakeTheOutcomeOfAJoinForToldThatGaveWay() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.giveWay(NEXT);

        // when
        JoinFate.Over fate = over(JOIN, join);

        // then
        assertThat(fate.outcome()).isEqualTo(JoinFate.Outcome.TOLD);
    }

    @Test
    void shouldFollowAJoinThatWasAcceptedByAnEarlierRunToItsOwn() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.giveWay(NEXT);

        // when
        JoinFate meanwhile = runs.fate(NEXT, join.id());
        runs.terminate();
        runs.begin(THIRD);
        JoinFate.Over afterwards = over(NEXT, join);

        // then
        assertThat(meanwhile).isInstanceOf(JoinFate.Running.class);
        assertThat(afterwards.outcome()).isEqualTo(JoinFate.Outcome.OWED);
    }

    @Test
    void shouldFindTheOutcomeOfAJoinThatNeverBeganWhateverBecameOfTheOneThatFollowed() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.tell(cancelled(NEXT));
        join.giveWay(THIRD);
        runs.terminate();

        // when
        JoinFate.Over fate = over(NEXT, join);

        // then
        assertThat(fate.outcome()).isEqualTo(JoinFate.Outcome.TOLD);
    }

    @Test
    void shouldNotTakeTheOutcomeOfAnotherRequestOfTheRunForItsOwn() {
        // given a run that has told its own outcome, and was terminated before the accepted next one began
        TalkingRun join = runs.begin(JOIN);
        join.tell(cancelled(JOIN));
        join.terminate();

        // when
        JoinFate.Over fate = over(NEXT, join);

        // then
        assertThat(fate.outcome()).isEqualTo(JoinFate.Outcome.OWED);
    }

    @Test
    void shouldFindTheRequestsThatATerminatedJoinOwesAnOutcome() {
        // given one that is told, and one that was handed over twice
        TalkingRun join = runs.begin(JOIN);
        join.supersede(TalkingRuns.leave(THIRD));
        join.tell(cancelled(THIRD));
        join.supersede(TalkingRuns.leave(NEXT));
        join.supersede(TalkingRuns.leave(NEXT));
        join.terminate();

        // when
        JoinFate.Over fate = over(JOIN, join);
        JoinFate.Over next = over(NEXT, join);

        // then
        String ids = TalkingRuns.workflow() + "/" + join.id() + "/" + NEXT + "/";
        assertThat(fate.waiting()).singleElement().satisfies(owed -> {
            assertThat(owed.joinId()).isEqualTo(NEXT);
            assertThat(owed.way()).isEqualTo(OpenJoin.Way.OUT);
            assertThat(owed.run().runId()).isEqualTo(join.id());
            assertThat(owed.acceptedId()).isEqualTo(ids + "Requested");
            assertThat(owed.eventId(Phase.Failed)).isEqualTo(ids + "Failed");
        });
        assertThat(next.waiting()).isEmpty();
    }

    @Test
    void shouldPassOverARequestThatNobodyCanRead() {
        // given
        TalkingRun join = runs.begin(JOIN);
        join.supersede("no request");
        join.terminate();

        // when
        JoinFate.Over fate = over(JOIN, join);

        // then
        assertThat(fate.waiting()).isEmpty();
    }

    @Test
    void shouldKnowNothingOfJoinsOfAnotherNamespace() {
        // when
        JoinFate fate = runs.fate(JOIN, new WorkflowRun("elsewhere", "1"));

        // then
        assertThat(fate).isInstanceOf(JoinFate.Foreign.class);
    }

    @Test
    void shouldNotTakeAJoinForOverWhileTemporalIsAway() {
        // given
        try (TemporalClients away = new TemporalClients(TemporalConfig.at("127.0.0.1:1"), new SimpleMeterRegistry())) {
            WorkflowRun run = new WorkflowRun(away.prompt().getOptions().getNamespace(), "1");

            // when
            JoinFate fate = new TemporalJoinRuns(away.prompt()).fate(TalkingRuns.remnant(OpenJoin.Way.IN, JOIN, run));

            // then
            assertThat(fate).isInstanceOf(JoinFate.Unreachable.class);
        }
    }

    private JoinFate.Over over(JoinId join, TalkingRun accepted) {
        JoinFate fate = runs.fate(join, accepted.id());
        assertThat(fate).isInstanceOf(JoinFate.Over.class);
        return (JoinFate.Over) fate;
    }

    private static JoinCancelled cancelled(JoinId join) {
        return new JoinCancelled(CLUSTER, NODE, join, "why", List.of(), List.of(), null);
    }
}
