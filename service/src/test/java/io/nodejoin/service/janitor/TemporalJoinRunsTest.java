package io.nodejoin.service.janitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.event.OpenJoin;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.service.config.TemporalConfig;
import io.nodejoin.service.worker.TemporalClients;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.join.JoinAttributes;
import io.nodejoin.workflows.join.JoinMemo;
import io.nodejoin.workflows.join.LeaveRequest;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.join.NodeRuns;
import io.nodejoin.workflows.wire.Payloads;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributes;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemporalJoinRunsTest {
    private static final String QUEUE = "queue";
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final NodeName NODE = new NodeName("n1");
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final JoinId NEXT = JoinId.of("test", "next");
    private static final JoinId THIRD = JoinId.of("test", "3");
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(Payloads.converter())
                            .build())
                    .registerSearchAttribute(
                            JoinAttributes.PHASE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                    .build());
    private final WorkflowClient client = temporal.getWorkflowClient();
    private final Broker broker = new Broker();
    private final JoinRuns runs = new TemporalJoinRuns(client);

    /** Takes an outcome only once it is allowed to. */
    private static final class Broker implements EventActivities {
        private final CountDownLatch up = new CountDownLatch(1);
        private final CountDownLatch asked = new CountDownLatch(1);

        @Override
        public void publish(Announcement announcement) {
            if (announcement.event() instanceof JoinCancelled || announcement.event() instanceof LeaveSucceeded) {
                asked.countDown();
                try {
                    up.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @BeforeEach
    void start() {
        Worker worker = temporal.newWorker(QUEUE);
        worker.registerWorkflowImplementationTypes(TalkingWorkflow.Talking.class);
        worker.registerActivitiesImplementations(broker);
        temporal.start();
    }

    @AfterEach
    void close() {
        broker.up.countDown();
        temporal.close();
    }

    @Test
    void shouldFindAJoinRunningWhateverRunTheEntryNames() {
        // given a join that was reset since
        begin(JOIN);

        // when
        JoinFate fate = runs.fate(remnant(JOIN, "11111111-1111-1111-1111-111111111111"));

        // then
        assertThat(fate).isInstanceOf(JoinFate.Running.class);
    }

    @Test
    void shouldFindAJoinOverThatTemporalDoesNotKnow() {
        // when
        JoinFate fate = runs.fate(remnant(JOIN, "11111111-1111-1111-1111-111111111111"));

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
        WorkflowStub join = begin(JOIN);
        join.signal("end");
        join.getResult(Void.class);

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(join)));

        // then
        assertThat(fate).isInstanceOfSatisfying(JoinFate.Over.class, over -> {
            assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.TOLD);
            assertThat(over.closedAt()).isEqualTo(join.describe().getCloseTime());
        });
    }

    @Test
    void shouldReadFromATerminatedJoinWhatItHadReached() {
        // given
        WorkflowStub join = begin(JOIN);
        join.signal("reach", Phase.Requested.name());
        join.signal("say", accepted());
        join.signal("reach", Phase.AgentConnected.name());
        await().until(() -> reached(join) == 2);
        join.terminate("by a person");

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(join)));

        // then
        assertThat(fate).isInstanceOfSatisfying(JoinFate.Over.class, over -> {
            assertThat(over.how()).isEqualTo("ended as terminated");
            assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.OWED);
            assertThat(over.joined()).isEqualTo(JoinFate.Joined.NO);
            assertThat(over.phases())
                    .extracting(PhaseTime::phase)
                    .containsExactly(Phase.Requested, Phase.AgentConnected);
        });
    }

    @Test
    void shouldFindThatATerminatedJoinHadSucceededBeforeAnyEventSaysSo() {
        // given
        WorkflowStub join = begin(JOIN);
        join.signal("reach", Phase.NodeReady.name());
        join.signal("reach", Phase.Joined.name());
        await().until(() -> reached(join) == 2);
        join.terminate("by a person");

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(join)));

        // then
        assertThat(fate).isInstanceOfSatisfying(JoinFate.Over.class, over -> {
            assertThat(over.joined()).isEqualTo(JoinFate.Joined.YES);
            assertThat(over.phases()).extracting(PhaseTime::phase).containsExactly(Phase.NodeReady, Phase.Joined);
        });
    }

    @ParameterizedTest
    @CsvSource({"Joined,YES", "Failed,NO"})
    void shouldSayOfACompletedJoinWhetherItSucceeded(Phase last, JoinFate.Joined joined) {
        // given
        WorkflowStub join = begin(JOIN);
        join.signal("reach", last.name());
        join.signal("end");
        join.getResult(Void.class);

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(join)));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.joined()).isEqualTo(joined));
    }

    @Test
    void shouldFindThatAJoinHadSucceededThatAnotherOneHasFollowed() {
        // given
        WorkflowStub join = begin(JOIN);
        String first = run(join);
        join.signal("reach", Phase.Joined.name());
        join.signal("giveWay", NEXT.value());
        await().until(() -> history(first).contains("CONTINUED_AS_NEW"));

        // when
        JoinFate fate = runs.fate(remnant(JOIN, first));
        JoinFate next = runs.fate(remnant(NEXT, first));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.joined()).isEqualTo(JoinFate.Joined.YES));
        assertThat(next).isInstanceOf(JoinFate.Running.class);
    }

    @Test
    void shouldNotTakeTheSuccessOfTheRunThatAcceptedAJoinForItsOwn() {
        // given
        WorkflowStub join = begin(JOIN);
        join.signal("reach", Phase.Joined.name());
        join.signal("end");
        join.getResult(Void.class);

        // when
        JoinFate fate = runs.fate(remnant(NEXT, run(join)));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.joined()).isEqualTo(JoinFate.Joined.NO));
    }

    @Test
    void shouldFindTheOutcomeThatATerminatedJoinWasAboutToTell() throws InterruptedException {
        // given
        WorkflowStub join = begin(JOIN);
        join.signal("say", cancelled());
        broker.asked.await();
        join.terminate("by a person");

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(join)));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class,
                        over -> assertThat(over.outcome()).isEqualTo(new JoinFate.Outcome(false, cancelled())));
    }

    @Test
    void shouldFindTheOutcomeToldOfAJoinThatWasTerminatedRightAfter() {
        // given
        WorkflowStub join = begin(JOIN);
        broker.up.countDown();
        join.signal("say", cancelled());
        await().until(() -> history(join).contains("ACTIVITY_TASK_COMPLETED"));
        join.terminate("by a person");

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(join)));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.TOLD));
    }

    @Test
    void shouldFindTheOwnRunOfAJoinWhoseNodeIsJoinedByALaterOne() {
        // given
        WorkflowStub earlier = begin(JOIN);
        earlier.terminate("by a person");
        begin(JoinId.of("test", "2"));

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(earlier)));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.how()).isEqualTo("ended as terminated"));
    }

    @Test
    void shouldTakeTheOutcomeOfAJoinForToldThatGaveWay() {
        // given
        WorkflowStub join = begin(JOIN);
        String first = run(join);
        join.signal("giveWay", NEXT.value());
        await().until(() -> history(first).contains("CONTINUED_AS_NEW"));

        // when
        JoinFate fate = runs.fate(remnant(JOIN, first));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.TOLD));
    }

    @Test
    void shouldFollowAJoinThatWasAcceptedByAnEarlierRunToItsOwn() {
        // given
        WorkflowStub join = begin(JOIN);
        String first = run(join);
        join.signal("giveWay", NEXT.value());
        await().until(() -> history(first).contains("CONTINUED_AS_NEW"));

        // when
        JoinFate meanwhile = runs.fate(remnant(NEXT, first));
        client.newUntypedWorkflowStub(NodeJoinWorkflow.id(CLUSTER, NODE)).terminate("by a person");
        begin(THIRD);
        JoinFate afterwards = runs.fate(remnant(NEXT, first));

        // then
        assertThat(meanwhile).isInstanceOf(JoinFate.Running.class);
        assertThat(afterwards)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.OWED));
    }

    @Test
    void shouldFindTheOutcomeOfAJoinThatNeverBeganWhateverBecameOfTheOneThatFollowed() {
        // given
        WorkflowStub join = begin(JOIN);
        String first = run(join);
        broker.up.countDown();
        join.signal("say", cancelled(NEXT));
        await().until(() -> history(first).contains("ACTIVITY_TASK_COMPLETED"));
        join.signal("giveWay", THIRD.value());
        await().until(() -> history(first).contains("CONTINUED_AS_NEW"));
        client.newUntypedWorkflowStub(NodeJoinWorkflow.id(CLUSTER, NODE)).terminate("by a person");

        // when
        JoinFate fate = runs.fate(remnant(NEXT, first));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.TOLD));
    }

    @Test
    void shouldNotTakeTheOutcomeOfAnotherRequestOfTheRunForItsOwn() {
        // given a run that has told its own outcome, and was terminated before the accepted next one began
        WorkflowStub join = begin(JOIN);
        broker.up.countDown();
        join.signal("say", cancelled());
        await().until(() -> history(run(join)).contains("ACTIVITY_TASK_COMPLETED"));
        join.terminate("by a person");

        // when
        JoinFate fate = runs.fate(remnant(NEXT, run(join)));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.OWED));
    }

    @Test
    void shouldFindTheRequestsThatATerminatedJoinOwesAnOutcome() {
        // given one that is told, and one that was handed over twice
        WorkflowStub join = begin(JOIN);
        broker.up.countDown();
        join.signal("superseded", leave(THIRD));
        join.signal("say", cancelled(THIRD));
        await().until(() -> history(join).contains("ACTIVITY_TASK_COMPLETED"));
        join.signal("superseded", leave(NEXT));
        join.signal("superseded", leave(NEXT));
        join.terminate("by a person");

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(join)));
        JoinFate next = runs.fate(remnant(NEXT, run(join)));

        // then
        String ids = NodeJoinWorkflow.id(CLUSTER, NODE) + "/" + run(join) + "/" + NEXT + "/";
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class,
                        over -> assertThat(over.waiting()).singleElement().satisfies(owed -> {
                            assertThat(owed.joinId()).isEqualTo(NEXT);
                            assertThat(owed.way()).isEqualTo(OpenJoin.Way.OUT);
                            assertThat(owed.run().runId()).isEqualTo(run(join));
                            assertThat(owed.acceptedId()).isEqualTo(ids + "Requested");
                            assertThat(owed.eventId(Phase.Failed)).isEqualTo(ids + "Failed");
                        }));
        assertThat(next)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.waiting()).isEmpty());
    }

    @Test
    void shouldReadFromATerminatedLeaveWhatItHadReachedThoughItToldOnlyItsBeginning() {
        // given
        WorkflowStub leave = begin(JOIN);
        leave.signal("say", leaveAccepted());
        leave.signal("reach", Phase.Requested.name());
        leave.signal("reach", Phase.Cordoned.name());
        leave.signal("reach", Phase.Drained.name());
        await().until(() -> history(leave).contains("ACTIVITY_TASK_COMPLETED"));
        await().until(() -> reached(leave) == 3);
        leave.terminate("by a person");

        // when
        JoinFate fate = runs.fate(leaveRemnant(JOIN, run(leave)));

        // then
        assertThat(fate).isInstanceOfSatisfying(JoinFate.Over.class, over -> {
            assertThat(over.outcome()).isEqualTo(JoinFate.Outcome.OWED);
            assertThat(over.phases())
                    .extracting(PhaseTime::phase)
                    .containsExactly(Phase.Requested, Phase.Cordoned, Phase.Drained);
        });
    }

    @Test
    void shouldFindTheOutcomeThatATerminatedLeaveWasAboutToTell() throws InterruptedException {
        // given
        WorkflowStub leave = begin(JOIN);
        leave.signal("reach", Phase.Left.name());
        leave.signal("say", left());
        broker.asked.await();
        leave.terminate("by a person");

        // when
        JoinFate fate = runs.fate(leaveRemnant(JOIN, run(leave)));

        // then
        assertThat(fate)
                .isEqualTo(new JoinFate.Over(
                        "ended as terminated",
                        List.of(),
                        new JoinFate.Outcome(false, left()),
                        JoinFate.Joined.NO,
                        leave.describe().getCloseTime()));
    }

    @Test
    void shouldNotTakeThePhasesOfTheRunThatAcceptedALeaveForItsOwn() {
        // given
        WorkflowStub join = begin(NEXT);
        join.signal("reach", Phase.Drained.name());
        join.signal("say", leaveAccepted());
        await().until(() -> history(join).contains("ACTIVITY_TASK_COMPLETED"));
        join.terminate("by a person");

        // when
        JoinFate fate = runs.fate(leaveRemnant(JOIN, run(join)));

        // then
        assertThat(fate)
                .isEqualTo(new JoinFate.Over(
                        "ended as terminated",
                        List.of(new PhaseTime(Phase.Requested, NOW)),
                        JoinFate.Outcome.OWED,
                        JoinFate.Joined.NO,
                        join.describe().getCloseTime()));
    }

    @Test
    void shouldPassOverARequestThatNobodyCanRead() {
        // given
        WorkflowStub join = begin(JOIN);
        join.signal(NodeRuns.SUPERSEDED, "no request");
        join.terminate("by hand");

        // when
        JoinFate fate = runs.fate(remnant(JOIN, run(join)));

        // then
        assertThat(fate)
                .isInstanceOfSatisfying(
                        JoinFate.Over.class, over -> assertThat(over.waiting()).isEmpty());
    }

    @Test
    void shouldKnowNothingOfJoinsOfAnotherNamespace() {
        // when
        JoinFate fate = runs.fate(remnant(JOIN, new WorkflowRun("elsewhere", "1")));

        // then
        assertThat(fate).isInstanceOf(JoinFate.Foreign.class);
    }

    @Test
    void shouldNotTakeAJoinForOverWhileTemporalIsAway() {
        // given
        try (TemporalClients away = new TemporalClients(TemporalConfig.at("127.0.0.1:1"), new SimpleMeterRegistry())) {
            WorkflowClient prompt = away.prompt();

            // when
            JoinFate fate = new TemporalJoinRuns(prompt)
                    .fate(remnant(JOIN, new WorkflowRun(prompt.getOptions().getNamespace(), "1")));

            // then
            assertThat(fate).isInstanceOf(JoinFate.Unreachable.class);
        }
    }

    private WorkflowStub begin(JoinId join) {
        WorkflowStub stub = client.newUntypedWorkflowStub(
                "TalkingWorkflow",
                WorkflowOptions.newBuilder()
                        .setWorkflowId(NodeJoinWorkflow.id(CLUSTER, NODE))
                        .setTaskQueue(QUEUE)
                        .setMemo(Map.of(JoinMemo.JOIN_ID, join.value()))
                        .setTypedSearchAttributes(SearchAttributes.newBuilder()
                                .set(JoinAttributes.PHASE, Phase.Requested.name())
                                .build())
                        .build());
        stub.start();
        return stub;
    }

    private String history(WorkflowStub join) {
        return history(run(join));
    }

    private String history(String run) {
        return client.fetchHistory(NodeJoinWorkflow.id(CLUSTER, NODE), run).getEvents().stream()
                .map(event -> event.getEventType().name())
                .toList()
                .toString();
    }

    private static String run(WorkflowStub join) {
        return Objects.requireNonNull(join.getExecution()).getRunId();
    }

    private Remnant remnant(JoinId join, String run) {
        return remnant(join, new WorkflowRun(client.getOptions().getNamespace(), run));
    }

    private static Remnant remnant(JoinId join, WorkflowRun run) {
        return remnant(OpenJoin.Way.IN, join, run);
    }

    private static Remnant remnant(OpenJoin.Way way, JoinId join, WorkflowRun run) {
        OpenJoin open = new OpenJoin(way, CLUSTER, NODE, join, "accepted/Requested", NOW, run, "uid");
        return Remnant.of(List.of(open), List.of()).getFirst();
    }

    private Remnant leaveRemnant(JoinId leave, String run) {
        return remnant(
                OpenJoin.Way.OUT, leave, new WorkflowRun(client.getOptions().getNamespace(), run));
    }

    private long reached(WorkflowStub run) {
        return client.fetchHistory(NodeJoinWorkflow.id(CLUSTER, NODE), run(run)).getEvents().stream()
                .filter(event -> event.getEventType() == EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
                .count();
    }

    private static LeaveRequest leave(JoinId leave) {
        return new LeaveRequest(leave, NOW, new LeaveRequested(CLUSTER, NODE, null, null, null, null), NOW);
    }

    private static Announcement leaveAccepted() {
        return new Announcement("1", CLUSTER, NODE.value(), NOW, new LeaveAccepted(CLUSTER, NODE, JOIN, NOW));
    }

    private static Announcement left() {
        return new Announcement(
                "2", CLUSTER, NODE.value(), NOW, new LeaveSucceeded(CLUSTER, NODE, JOIN, List.of(), List.of(), "uid"));
    }

    private static Announcement accepted() {
        return new Announcement("1", CLUSTER, NODE.value(), NOW, new JoinAccepted(CLUSTER, NODE, JOIN, NOW));
    }

    private static Announcement cancelled() {
        return cancelled(JOIN);
    }

    private static Announcement cancelled(JoinId join) {
        return new Announcement(
                "2",
                CLUSTER,
                NODE.value(),
                NOW,
                new JoinCancelled(CLUSTER, NODE, join, "why", List.of(), List.of(), null));
    }
}
