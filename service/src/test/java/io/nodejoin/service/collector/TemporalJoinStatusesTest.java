package io.nodejoin.service.collector;

import static io.nodejoin.service.collector.PublishingRuns.CLUSTER;
import static io.nodejoin.service.collector.PublishingRuns.NODE;
import static io.nodejoin.service.collector.PublishingRuns.NOW;
import static io.nodejoin.service.collector.PublishingRuns.announcement;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.temporal.TemporalClients;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.service.collector.PublishingRuns.TalkingRun;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemporalJoinStatusesTest {
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final JoinId NEXT = JoinId.of("test", "next");
    private static final JoinId THIRD = JoinId.of("test", "3");
    private static final String OTHER_RUN = "11111111-1111-1111-1111-111111111111";

    private final PublishingRuns workflows = new PublishingRuns();

    @AfterEach
    void close() {
        workflows.close();
    }

    @Test
    void shouldFindAJoinRunningWhateverRunTheEntryNames() {
        // given a join that was reset since
        workflows.begin(JOIN);

        // when
        WorkflowStatus status = workflows.fate(JOIN, OTHER_RUN);

        // then
        assertThat(status).isInstanceOf(WorkflowStatus.Running.class);
    }

    @Test
    void shouldFindAJoinOverThatTemporalDoesNotKnow() {
        // when
        WorkflowStatus status = workflows.fate(JOIN, OTHER_RUN);

        // then
        assertThat(status)
                .isEqualTo(new WorkflowStatus.Closed(
                        "is no longer in Temporal",
                        List.of(),
                        WorkflowStatus.OutcomeState.PENDING,
                        WorkflowStatus.Joined.UNKNOWN));
    }

    @Test
    void shouldTakeTheOutcomeOfACompletedJoinForTold() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.complete();

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);

        // then
        assertThat(fate.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PUBLISHED);
        assertThat(fate.closedAt()).isEqualTo(join.closedAt());
    }

    @Test
    void shouldReadFromATerminatedJoinWhatItHadReached() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.reach(Phase.Requested);
        join.say(new JoinAccepted(CLUSTER, NODE, JOIN, NOW, null));
        join.reach(Phase.AgentConnected);
        join.terminate();

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);

        // then
        assertThat(fate.how()).isEqualTo("ended as terminated");
        assertThat(fate.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PENDING);
        assertThat(fate.joined()).isEqualTo(WorkflowStatus.Joined.NO);
        assertThat(fate.phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested, Phase.AgentConnected);
    }

    @Test
    void shouldFindThatATerminatedJoinHadSucceededBeforeAnyEventSaysSo() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.reach(Phase.NodeReady, Phase.Joined);
        join.terminate();

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);

        // then
        assertThat(fate.joined()).isEqualTo(WorkflowStatus.Joined.YES);
        assertThat(fate.phases()).extracting(PhaseTime::phase).containsExactly(Phase.NodeReady, Phase.Joined);
    }

    @ParameterizedTest
    @CsvSource({"Joined,YES", "Failed,NO"})
    void shouldSayOfACompletedJoinWhetherItSucceeded(Phase last, WorkflowStatus.Joined joined) {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.reach(last);
        join.complete();

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);

        // then
        assertThat(fate.joined()).isEqualTo(joined);
    }

    @Test
    void shouldFindThatAJoinHadSucceededThatAnotherOneHasFollowed() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.reach(Phase.Joined);
        join.giveWay(NEXT);

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);
        WorkflowStatus next = workflows.fate(NEXT, join.id());

        // then
        assertThat(fate.joined()).isEqualTo(WorkflowStatus.Joined.YES);
        assertThat(next).isInstanceOf(WorkflowStatus.Running.class);
    }

    @Test
    void shouldNotTakeTheSuccessOfTheRunThatAcceptedAJoinForItsOwn() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.reach(Phase.Joined);
        join.complete();

        // when
        WorkflowStatus.Closed fate = over(NEXT, join);

        // then
        assertThat(fate.joined()).isEqualTo(WorkflowStatus.Joined.NO);
    }

    @Test
    void shouldFindTheOutcomeThatATerminatedJoinWasAboutToTell() throws InterruptedException {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.beginToTell(cancelled(JOIN));
        join.terminate();

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);

        // then
        assertThat(fate.outcome()).isEqualTo(new WorkflowStatus.OutcomeState(false, announcement(cancelled(JOIN))));
    }

    @Test
    void shouldFindTheOutcomeToldOfAJoinThatWasTerminatedRightAfter() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.tell(cancelled(JOIN));
        join.terminate();

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);

        // then
        assertThat(fate.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PUBLISHED);
    }

    @Test
    void shouldFindEveryOutcomeAndPhaseOfABatch() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.tell(new JoinAccepted(CLUSTER, NODE, NEXT, NOW, null), cancelled(JOIN), cancelled(THIRD));
        join.terminate();

        // when
        WorkflowStatus.Closed own = over(JOIN, join);
        WorkflowStatus.Closed third = over(THIRD, join);
        WorkflowStatus.Closed next = over(NEXT, join);

        // then
        assertThat(own.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PUBLISHED);
        assertThat(third.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PUBLISHED);
        assertThat(next.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PENDING);
        assertThat(next.phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested);
    }

    @Test
    void shouldFindTheOwnRunOfAJoinWhoseNodeIsJoinedByALaterOne() {
        // given
        TalkingRun earlier = workflows.begin(JOIN);
        earlier.terminate();
        workflows.begin(NEXT);

        // when
        WorkflowStatus.Closed fate = over(JOIN, earlier);

        // then
        assertThat(fate.how()).isEqualTo("ended as terminated");
    }

    @Test
    void shouldTakeTheOutcomeOfAJoinForToldThatGaveWay() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.giveWay(NEXT);

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);

        // then
        assertThat(fate.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PUBLISHED);
    }

    @Test
    void shouldFollowAJoinThatWasAcceptedByAnEarlierRunToItsOwn() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.giveWay(NEXT);

        // when
        WorkflowStatus meanwhile = workflows.fate(NEXT, join.id());
        workflows.terminate();
        workflows.begin(THIRD);
        WorkflowStatus.Closed afterwards = over(NEXT, join);

        // then
        assertThat(meanwhile).isInstanceOf(WorkflowStatus.Running.class);
        assertThat(afterwards.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PENDING);
    }

    @Test
    void shouldFindTheOutcomeOfAJoinThatNeverBeganWhateverBecameOfTheOneThatFollowed() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.tell(cancelled(NEXT));
        join.giveWay(THIRD);
        workflows.terminate();

        // when
        WorkflowStatus.Closed fate = over(NEXT, join);

        // then
        assertThat(fate.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PUBLISHED);
    }

    @Test
    void shouldNotTakeTheOutcomeOfAnotherRequestOfTheRunForItsOwn() {
        // given a run that has told its own outcome, and was terminated before the accepted next one began
        TalkingRun join = workflows.begin(JOIN);
        join.tell(cancelled(JOIN));
        join.terminate();

        // when
        WorkflowStatus.Closed fate = over(NEXT, join);

        // then
        assertThat(fate.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PENDING);
    }

    @Test
    void shouldFindTheRequestsThatATerminatedJoinOwesAnOutcome() {
        // given one that is told, and one that was handed over twice
        TalkingRun join = workflows.begin(JOIN);
        join.supersede(PublishingRuns.leave(THIRD));
        join.tell(cancelled(THIRD));
        join.supersede(PublishingRuns.leave(NEXT));
        join.supersede(PublishingRuns.leave(NEXT));
        join.terminate();

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);
        WorkflowStatus.Closed next = over(NEXT, join);

        // then
        String ids = PublishingRuns.workflow() + "/" + join.id() + "/" + NEXT + "/";
        assertThat(fate.queued()).singleElement().satisfies(pending -> {
            assertThat(pending.joinId()).isEqualTo(NEXT);
            assertThat(pending.kind()).isEqualTo(PendingOutcome.RequestKind.LEAVE);
            assertThat(pending.run().runId()).isEqualTo(join.id());
            assertThat(pending.acceptedEventId()).isEqualTo(ids + "Requested");
            assertThat(pending.outcomeEventId(Phase.Failed)).isEqualTo(ids + "Failed");
        });
        assertThat(next.queued()).isEmpty();
    }

    @Test
    void shouldPassOverARequestThatNobodyCanRead() {
        // given
        TalkingRun join = workflows.begin(JOIN);
        join.supersede("no request");
        join.terminate();

        // when
        WorkflowStatus.Closed fate = over(JOIN, join);

        // then
        assertThat(fate.queued()).isEmpty();
    }

    @Test
    void shouldKnowNothingOfJoinsOfAnotherNamespace() {
        // when
        WorkflowStatus status = workflows.fate(JOIN, new WorkflowRun("elsewhere", "1"));

        // then
        assertThat(status).isInstanceOf(WorkflowStatus.OtherNamespace.class);
    }

    @Test
    void shouldNotTakeAJoinForOverWhileTemporalIsAway() {
        // given
        try (TemporalClients away = new TemporalClients(
                TemporalEndpoint.of(TemporalConfig.withDefaults("127.0.0.1:1")), new SimpleMeterRegistry())) {
            WorkflowRun run = new WorkflowRun(away.failFastClient().getOptions().getNamespace(), "1");

            // when
            WorkflowStatus status = new TemporalWorkflowStatuses(away.failFastClient())
                    .status(PublishingRuns.remnant(PendingOutcome.RequestKind.JOIN, JOIN, run));

            // then
            assertThat(status).isInstanceOf(WorkflowStatus.Unreachable.class);
        }
    }

    private WorkflowStatus.Closed over(JoinId join, TalkingRun accepted) {
        WorkflowStatus status = workflows.fate(join, accepted.id());
        assertThat(status).isInstanceOf(WorkflowStatus.Closed.class);
        return (WorkflowStatus.Closed) status;
    }

    private static JoinCancelled cancelled(JoinId join) {
        return new JoinCancelled(CLUSTER, NODE, join, "why", List.of(), List.of(), null, null);
    }
}
