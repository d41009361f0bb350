package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nodejoin.client.config.TemporalPayloads;
import io.nodejoin.client.config.UnencryptedPayloads;
import io.nodejoin.client.temporal.PayloadProtection;
import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.nodejoin.workflows.temporal.UnreadablePayloadException;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.PollActivityTaskQueueRequest;
import io.temporal.api.workflowservice.v1.PollActivityTaskQueueResponse;
import io.temporal.api.workflowservice.v1.RespondActivityTaskCompletedRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stranger who may do everything in Temporal's namespace, knows all data of a join, and has no payload key. */
@Timeout(120)
class StrangerInNamespaceTest {
    private static final String OWN_QUEUE = "stranger";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    /** Its own enrollment is refused, so that a join waits for its agent. */
    private final InstantCluster cluster = new InstantCluster("no secret of any join");

    private final JoinRequest request = JoinRequests.of("n1", Instant.now(), 1);
    private final String workflowId =
            NodeJoinWorkflow.workflowId(request.node().cluster(), request.node().name());
    private TestWorkflowEnvironment temporal;
    private WorkflowClient stranger;
    private WorkerFactory strangersWorkers;

    @BeforeEach
    void start() throws IOException {
        String key = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]);
        Path keys = Files.writeString(
                directory.resolve("keys.jwks"), "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" + key + "\"}]}");
        temporal = RealTimeTemporal.environment(
                PayloadProtection.of(new TemporalPayloads(keys, UnencryptedPayloads.REFUSE, false)));
        stranger = WorkflowClient.newInstance(
                temporal.getWorkflowServiceStubs(),
                WorkflowClientOptions.newBuilder()
                        .setNamespace(temporal.getNamespace())
                        .setDataConverter(DataConverters.dataConverter())
                        .build());
        strangersWorkers = WorkerFactory.newInstance(stranger);
    }

    @AfterEach
    void close() {
        strangersWorkers.shutdownNow();
        temporal.close();
    }

    private void startService() {
        RealTimeTemporal.startWorkers(temporal, cluster);
    }

    private void startJoin() {
        RealTimeTemporal.joinStarter(temporal, EnrollmentHandover.none()).start(JoinRequests.verdict(request));
    }

    /** What a worker of the service has said of a workflow task that it could not do. */
    private void awaitUnreadable() {
        await("a workflow task that fails")
                .atMost(TIMEOUT)
                .untilAsserted(
                        () -> assertThat(stranger.fetchHistory(workflowId).getEvents())
                                .filteredOn(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
                                .isNotEmpty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDoNothingForAJoinThatAStrangerStarts(boolean withArguments) {
        // given
        startService();
        WorkflowStub join = stranger.newUntypedWorkflowStub(
                "NodeJoinWorkflow",
                WorkflowOptions.newBuilder()
                        .setTaskQueue(TaskQueues.NODEJOIN)
                        .setWorkflowId(workflowId)
                        .build());

        // when
        join.start(withArguments ? new Object[] {request, null} : new Object[0]);

        // then
        awaitUnreadable();
        assertThat(cluster.told).isEmpty();
        assertThat(cluster.issued).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSendNoCommandToTheQueueOfAStrangerAndGoOnWithTheMachine(boolean withArguments) {
        // given a join whose machine has not enrolled yet
        startService();
        startJoin();
        InstantCluster strangersHost = new InstantCluster(JoinRequests.ENROLLMENT);
        strangersWorkers.newWorker(OWN_QUEUE).registerActivitiesImplementations(strangersHost);
        strangersWorkers.start();
        WorkflowStub strangers = stranger.newUntypedWorkflowStub(workflowId);
        AgentConnection own = new AgentConnection(OWN_QUEUE, new UUID(6, 6), null);
        EnrollmentProof proof = new EnrollmentProof(JoinRequests.ENROLLMENT, "the stranger's", null, own, null);

        // when
        Object[] enrollment = withArguments ? new Object[] {proof} : new Object[0];
        assertThatThrownBy(() -> strangers.update("enroll", EnrollmentBinding.class, enrollment))
                .isInstanceOf(WorkflowUpdateException.class);
        strangers.signal("agentConnected", withArguments ? new Object[] {own} : new Object[0]);

        // then
        WorkflowStub honest = temporal.getWorkflowClient().newUntypedWorkflowStub(workflowId);
        AgentConnection replica = new AgentConnection(TaskQueues.gateway(InstantCluster.REPLICA), new UUID(1, 2), null);
        honest.update(
                "enroll",
                EnrollmentBinding.class,
                new EnrollmentProof(JoinRequests.ENROLLMENT, "the machine's", null, replica, null));
        strangers.signal("agentConnected", withArguments ? new Object[] {own} : new Object[0]);
        await("the join of the machine")
                .atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(cluster.told).hasAtLeastOneElementOfType(JoinSucceeded.class));
        assertThat(stranger.fetchHistory(workflowId).getEvents())
                .filteredOn(event -> event.hasActivityTaskScheduledEventAttributes())
                .extracting(event -> event.getActivityTaskScheduledEventAttributes()
                        .getTaskQueue()
                        .getName())
                .doesNotContain(OWN_QUEUE);
    }

    /** What a stranger has the service's workers do. */
    @WorkflowInterface
    public interface Errand {
        /** Schedules an activity of the service, once. */
        @WorkflowMethod
        void run(String taskQueue, String activity, boolean withArguments);
    }

    /** In a workflow of his own type, with the id of the join. */
    public static final class ErrandImpl implements Errand {
        @Override
        public void run(String taskQueue, String activity, boolean withArguments) {
            Workflow.newUntypedActivityStub(ActivityOptions.newBuilder()
                            .setTaskQueue(taskQueue)
                            .setScheduleToCloseTimeout(TIMEOUT)
                            .setRetryOptions(RetryOptions.newBuilder()
                                    .setMaximumAttempts(1)
                                    .build())
                            .build())
                    .execute(activity, Void.class, withArguments ? new Object[] {"{}"} : new Object[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nodejoin, Token_Issue",
        "nodejoin, Node_QuarantineName",
        "nodejoin-approver, Csr_Decide",
        "nodejoin-gateway-swift, Host_Preflight"
    })
    void shouldExecuteNoActivityThatAWorkflowOfAStrangerSchedules(String taskQueue, String activity) {
        // given
        startService();
        strangersWorkers.newWorker(OWN_QUEUE).registerWorkflowImplementationTypes(ErrandImpl.class);
        strangersWorkers.start();

        for (boolean withArguments : new boolean[] {true, false}) {
            // when
            Errand errand = stranger.newWorkflowStub(
                    Errand.class,
                    WorkflowOptions.newBuilder()
                            .setTaskQueue(OWN_QUEUE)
                            .setWorkflowId(workflowId)
                            .build());

            // then
            assertThatThrownBy(() -> errand.run(taskQueue, activity, withArguments))
                    .isInstanceOf(WorkflowException.class)
                    .hasStackTraceContaining(UnreadablePayloadException.class.getName());
        }
    }

    /** A step of the service whose result decides how it goes on. */
    @WorkflowInterface
    public interface Step {
        /** Ends when the step is done. */
        @WorkflowMethod
        void run();
    }

    /** As a join has its certificate decided. */
    public static final class StepImpl implements Step {
        @Override
        public void run() {
            Workflow.newUntypedActivityStub(ActivityOptions.newBuilder()
                            .setScheduleToCloseTimeout(TIMEOUT)
                            .build())
                    .execute("Csr_Decide", CertificateResult.class);
        }
    }

    @Test
    void shouldNotTakeNothingForAResultFromAStrangerWhoPollsAQueue() {
        // given a service whose workers have no time for activities
        temporal.newWorker(TaskQueues.NODEJOIN).registerWorkflowImplementationTypes(StepImpl.class);
        temporal.start();
        Step step = temporal.getWorkflowClient()
                .newWorkflowStub(
                        Step.class,
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.NODEJOIN)
                                .setWorkflowId(workflowId)
                                .build());
        WorkflowClient.start(step::run);
        PollActivityTaskQueueResponse task = temporal.getWorkflowServiceStubs()
                .blockingStub()
                .pollActivityTaskQueue(PollActivityTaskQueueRequest.newBuilder()
                        .setNamespace(temporal.getNamespace())
                        .setTaskQueue(TaskQueue.newBuilder().setName(TaskQueues.NODEJOIN))
                        .build());

        // when
        temporal.getWorkflowServiceStubs()
                .blockingStub()
                .respondActivityTaskCompleted(RespondActivityTaskCompletedRequest.newBuilder()
                        .setNamespace(temporal.getNamespace())
                        .setTaskToken(task.getTaskToken())
                        .build());

        // then
        awaitUnreadable();
    }
}
