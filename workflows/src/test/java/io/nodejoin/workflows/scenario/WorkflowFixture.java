package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One join against fakes, in virtual time. */
public final class WorkflowFixture implements AfterEachCallback {
    public static final ClusterName CLUSTER = new ClusterName("kraken");
    public static final NodeName NODE = new NodeName("w1");
    public static final String SECRET_DIGEST = "0f".repeat(32);
    public static final String KEY = "a-public-key";
    static final String REPLICA = "a";
    static final String OTHER_REPLICA = "b";
    static final Duration DEADLINE = Duration.ofMinutes(14);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    /** A busy build machine may hold up a workflow thread for seconds, which is no deadlock. */
    static final WorkerOptions LONG_DEADLOCK_DETECTION = WorkerOptions.newBuilder()
            .setDefaultDeadlockDetectionTimeout(60_000)
            .build();

    final ActivityScript script = new ActivityScript();
    final FakeEventActivities events = new FakeEventActivities(script);
    final FakeCluster cluster;
    final FakeHost host;
    private final UnhandledFailures unhandled = new UnhandledFailures();
    private final TestWorkflowEnvironment environment;
    private Duration deadline = DEADLINE;
    private Instant startedAt = Instant.EPOCH;
    private String firstRunId = "";
    private List<String> addresses = List.of("10.0.0.7");
    private @Nullable Boolean servingCertificate;
    private @Nullable Boolean rejoin;

    WorkflowFixture() {
        TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(DataConverters.dataConverter())
                        .build())
                .setWorkflowServiceStubsOptions(WorkflowServiceStubsOptions.newBuilder()
                        .setGrpcClientInterceptors(List.of(new LostTaskWorkaround()))
                        .build())
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .build());
        for (SearchAttributeKey<String> key : JoinSearchAttributes.all()) {
            options.registerSearchAttribute(key.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD);
        }
        environment = TestWorkflowEnvironment.newInstance(options.build());
        cluster = new FakeCluster(script, this::now);
        host = new FakeHost(script, cluster);
        script.settleWith(this::awaitQuiet);
        Worker worker = environment.newWorker(TaskQueues.NODEJOIN, LONG_DEADLOCK_DETECTION);
        NodeWorkflowRegistration.register(worker);
        worker.registerActivitiesImplementations(cluster, events);
        gateway(REPLICA);
        gateway(OTHER_REPLICA);
        environment.start();
    }

    /** Shortens the join's deadline. */
    WorkflowFixture withDeadline(Duration fromNow) {
        deadline = fromNow;
        return this;
    }

    /** Leaves the join no time for another attempt. */
    WorkflowFixture withoutRetry() {
        return withDeadline(StepOptions.MIN_TIME_FOR_ATTEMPT);
    }

    /** Has the kubelet of the next attempt not start. */
    WorkflowFixture failKubeletStart(String why) {
        script.answer("Host_StartKubelet", FakeHost.failed(ErrorCode.KUBELET_NOT_STARTED, why));
        return this;
    }

    /** Has the kubelet of the next attempt ask for its certificate, without waiting for its token's end. */
    WorkflowFixture requestCertificateAtOnce() {
        script.scriptNext("Host_StartKubelet", _ -> {
            cluster.tokens.forEach(cluster::requestCertificate);
            return new HostResult.KubeletBootstrapped(FakeCluster.KEY_DIGEST);
        });
        return this;
    }

    /** Has the request ask for a serving certificate, for these addresses. */
    WorkflowFixture withServingCertificate(String... declared) {
        addresses = List.of(declared);
        servingCertificate = true;
        return this;
    }

    /** Has the request declare a re-join. */
    WorkflowFixture withRejoin() {
        rejoin = true;
        return this;
    }

    /** Has the requests from now on declare no re-join. */
    WorkflowFixture withoutRejoin() {
        rejoin = null;
        return this;
    }

    /** Starts the join; nothing of the agent has been heard yet. */
    WorkflowFixture start() {
        startedAt = now();
        firstRunId = WorkflowClient.start(stub()::join, request("event-1", 0)).getRunId();
        return this;
    }

    /** Starts the join of a host whose agent comes at once. */
    WorkflowFixture startWithAgent() {
        start();
        connectAgent();
        return this;
    }

    /** The agent comes. Returns the join or leave that it works for. */
    JoinId connectAgent() {
        JoinId bound = enroll(SECRET_DIGEST, KEY).joinId();
        connect(REPLICA);
        return bound;
    }

    /** Has the node of an earlier join leave; the agent has not been heard yet. */
    WorkflowFixture leave(LeaveRequested wanted) {
        startedAt = now();
        NodeLeaveWorkflow stub = environment.getWorkflowClient().newWorkflowStub(NodeLeaveWorkflow.class, options());
        LeaveRequest request = new LeaveRequest(joinId("leave"), startedAt, wanted, now().plus(deadline));
        firstRunId = WorkflowClient.start(stub::leave, request).getRunId();
        return this;
    }

    /** A Node that a join made of the fake host. */
    void addJoinedNode() {
        NodeRef ref = new NodeRef(CLUSTER, NODE);
        cluster.nodes.put(NODE.value(), "uid-1");
        cluster.joinedNodes.put(
                NODE.value(),
                new JoinedNode(
                        new NodeIdentity(ref, "uid-1"),
                        joinId("before"),
                        SECRET_DIGEST,
                        KEY,
                        FakeHost.FACTS.machineId(),
                        FakeHost.FACTS.systemUuid(),
                        null));
    }

    EnrollmentBinding enroll(String secretDigest, String key) {
        return workflow().enroll(new EnrollmentProof(secretDigest, key));
    }

    void connect(String instance) {
        connect(instance, null);
    }

    /** To this process of the instance. */
    void connect(String instance, @Nullable UUID process) {
        workflow().agentConnected(new AgentConnection(TaskQueues.gateway(instance), UUID.randomUUID(), process));
    }

    NodeJoinWorkflow workflow() {
        return environment.getWorkflowClient().newWorkflowStub(NodeJoinWorkflow.class, id());
    }

    WorkflowStub workflowStub() {
        return environment.getWorkflowClient().newUntypedWorkflowStub(id());
    }

    /** When a request or a cancel was made, so many seconds after the first request. */
    Instant madeAfter(long seconds) {
        return startedAt.plusSeconds(seconds);
    }

    AbortResponse abort() {
        return abort(null);
    }

    /** By an event that was made this many seconds after the first request; absent by a person. */
    AbortResponse abort(@Nullable Long secondsAfter) {
        Instant made = secondsAfter == null ? null : madeAfter(secondsAfter);
        return workflow().abort(new AbortRequest("no longer needed", "a test", made));
    }

    /** By an event that was made this many seconds after the first request, whether anybody works for the join now or not. */
    void cancel(long secondsAfter) {
        workflow().cancelRequested(new AbortRequest("no longer needed", "a test", madeAfter(secondsAfter)));
    }

    /** Hands the join another request for its node, made this many seconds after its own; returns once it has been told of. */
    void supersede(String event, long secondsAfter) {
        signalRequest(event, secondsAfter);
        await().atMost(Duration.ofSeconds(30)).until(() -> isReported(joinId(event)));
    }

    /** The same without waiting for what becomes of it. */
    void signalRequest(String event, long secondsAfter) {
        workflow().superseded(request(event, secondsAfter));
    }

    private boolean isReported(JoinId request) {
        return events.ofType(JoinAccepted.class).stream()
                        .anyMatch(event -> event.joinId().equals(request))
                || events.ofType(JoinCancelled.class).stream()
                        .anyMatch(event -> event.joinId().equals(request));
    }

    /**
     * Waits until the workflow has seen all that has happened and nothing is under way but what waits itself.
     * Temporal's test server loses a workflow task that cancels an activity which has just ended; the real one does not.
     */
    void awaitQuiet() {
        await().pollDelay(Duration.ZERO)
                .pollInterval(POLL_INTERVAL)
                .atMost(Duration.ofSeconds(30))
                .until(this::isQuiet);
    }

    /** By one look at the history: two answers of a server at work may not go together. */
    private boolean isQuiet() {
        Set<Long> underWay = new HashSet<>();
        boolean decided = false;
        for (HistoryEvent event : history().getEvents()) {
            switch (event.getEventType()) {
                case EVENT_TYPE_WORKFLOW_TASK_SCHEDULED -> decided = false;
                case EVENT_TYPE_WORKFLOW_TASK_COMPLETED -> decided = true;
                case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED -> {
                    if (!isEventActivity(event)) {
                        underWay.add(event.getEventId());
                    }
                }
                case EVENT_TYPE_ACTIVITY_TASK_COMPLETED ->
                    underWay.remove(
                            event.getActivityTaskCompletedEventAttributes().getScheduledEventId());
                case EVENT_TYPE_ACTIVITY_TASK_FAILED ->
                    underWay.remove(event.getActivityTaskFailedEventAttributes().getScheduledEventId());
                case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT ->
                    underWay.remove(
                            event.getActivityTaskTimedOutEventAttributes().getScheduledEventId());
                case EVENT_TYPE_ACTIVITY_TASK_CANCELED ->
                    underWay.remove(
                            event.getActivityTaskCanceledEventAttributes().getScheduledEventId());
                default -> {}
            }
        }
        return decided && underWay.size() <= script.waitingActivities();
    }

    private static boolean isEventActivity(HistoryEvent scheduled) {
        return scheduled
                .getActivityTaskScheduledEventAttributes()
                .getActivityType()
                .getName()
                .startsWith("Event_");
    }

    /** The one outcome, which must be a failure. */
    JoinFailed failure() {
        List<JoinFailed> failures = events.ofType(JoinFailed.class);
        assertThat(events.published)
                .extracting(event -> event.id().replaceAll(".*/", ""))
                .containsOnlyOnce("Failed")
                .doesNotContain("Joined", "Cancelled");
        return failures.getFirst();
    }

    /** How long the failed join took, by the workflow's clock. */
    Duration duration() {
        List<PhaseTime> phases = failure().phases();
        return Duration.between(phases.getFirst().at(), phases.getLast().at());
    }

    /** Waits for the end while time flies. */
    JoinResult awaitResult() {
        return workflowStub().getResult(JoinResult.class);
    }

    /** Waits for the end of the first run, whichever follows it. */
    void awaitFirstRunClosed() {
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            sleep(Duration.ofSeconds(1));
            return historyOfFirst()
                    .getLastEvent()
                    .getEventType()
                    .name()
                    .matches(".*EXECUTION_(COMPLETED|CANCELED|CONTINUED.*)");
        });
    }

    WorkflowExecutionHistory historyOfFirst() {
        return environment.getWorkflowClient().fetchHistory(id(), firstRunId);
    }

    WorkflowExecutionHistory history() {
        return environment.getWorkflowClient().fetchHistory(id());
    }

    /** The activities that were completed, in the order of their ends. */
    List<String> completedActivities() {
        List<HistoryEvent> events = history().getEvents();
        return events.stream()
                .filter(HistoryEvent::hasActivityTaskCompletedEventAttributes)
                .map(ended -> ended.getActivityTaskCompletedEventAttributes().getScheduledEventId())
                .map(scheduled -> events.get(Math.toIntExact(scheduled) - 1)
                        .getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName())
                .toList();
    }

    void sleep(Duration duration) {
        environment.sleep(duration);
    }

    Instant now() {
        return Instant.ofEpochMilli(environment.currentTimeMillis());
    }

    JoinId joinId() {
        return joinId("event-1");
    }

    JoinId joinId(String event) {
        return JoinId.of("test", event);
    }

    List<Phase> phases() {
        return workflow().progress().phases().stream().map(PhaseTime::phase).toList();
    }

    private NodeJoinWorkflow stub() {
        return environment.getWorkflowClient().newWorkflowStub(NodeJoinWorkflow.class, options());
    }

    private static WorkflowOptions options() {
        return WorkflowOptions.newBuilder()
                .setWorkflowId(id())
                .setTaskQueue(TaskQueues.NODEJOIN)
                .setTypedSearchAttributes(SearchAttributes.newBuilder()
                        .set(JoinSearchAttributes.CLUSTER, CLUSTER.value())
                        .set(JoinSearchAttributes.NODE, NODE.value())
                        .build())
                .build();
    }

    JoinRequest request() {
        return request("event-1", 0);
    }

    private JoinRequest request(String event, long secondsAfter) {
        JoinRequested wanted = new JoinRequested(
                CLUSTER,
                NODE,
                SECRET_DIGEST,
                addresses,
                Map.of("pool", "general"),
                List.of(),
                "fleet://w1",
                HostProfile.CONTAINERD,
                List.of(),
                null,
                servingCertificate,
                rejoin,
                null);
        JoinPolicy policy = new JoinPolicy(ApprovalMode.NODEJOIN, Duration.ofMinutes(10), List.of(), null);
        return new JoinRequest(joinId(event), madeAfter(secondsAfter), wanted, now().plus(deadline), policy);
    }

    private static String id() {
        return NodeJoinWorkflow.workflowId(CLUSTER, NODE);
    }

    private void gateway(String instance) {
        environment
                .newWorker(TaskQueues.gateway(instance), LONG_DEADLOCK_DETECTION)
                .registerActivitiesImplementations(host);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try (unhandled) {
            environment.close();
            assertThat(unhandled.warnings()).isEmpty();
        }
    }
}
