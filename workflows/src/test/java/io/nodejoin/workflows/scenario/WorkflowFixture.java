package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.NodeCleanupWorkflow;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.simulation.VirtualTemporal;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowFailedException;
import io.temporal.common.SearchAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One join against fakes, in virtual time. A seed decides how long each step is on its way; {@code -Dnodejoin.scenario.seed} takes another. */
public final class WorkflowFixture implements AfterEachCallback {
    public static final ClusterName CLUSTER = new ClusterName("kraken");
    public static final NodeName NODE = new NodeName("w1");
    public static final String SECRET_DIGEST = "0f".repeat(32);
    public static final String KEY = "a-public-key";
    static final String REPLICA = "a";
    static final String OTHER_REPLICA = "b";
    static final Duration DEADLINE = Duration.ofMinutes(14);

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final VirtualTemporal temporal = new VirtualTemporal(Long.getLong("nodejoin.scenario.seed", 1));
    final ActivityScript script = new ActivityScript(() -> sleep(PAUSE));
    final FakeEventActivities events = new FakeEventActivities(script);
    final FakeCluster cluster;
    final FakeHost host;
    final FakeOrphans orphans = new FakeOrphans();
    private final UnhandledFailures unhandled = new UnhandledFailures();
    private Duration deadline = DEADLINE;
    private Instant startedAt = Instant.EPOCH;
    private TlsBootstrap tlsBootstrap = TlsBootstrap.AGENT;
    private NodeObject nodeObject = NodeObject.NODEJOIN;
    private List<String> addresses = List.of("10.0.0.7");
    private @Nullable Boolean servingCertificate;
    private @Nullable Boolean rejoin;
    private @Nullable PoolName pool;
    private @Nullable RequestedMachine machine;

    WorkflowFixture() {
        cluster = new FakeCluster(script, temporal::now, temporal::await);
        host = new FakeHost(script, cluster, report -> workflow().milestoneReached(report));
        List.of(cluster, events, host, orphans).forEach(temporal::register);
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

    /** Lets the start of the kubelet in the next attempt fail. */
    WorkflowFixture failKubeletStart(String why) {
        script.answer("Host_StartKubelet", FakeHost.failed(ErrorCode.KUBELET_NOT_STARTED, why));
        return this;
    }

    /** Lets the kubelet of the next attempt create its CSR without waiting for the rejection of its token. */
    WorkflowFixture requestCertificateAtOnce() {
        script.scriptNext("Host_StartKubelet", _ -> {
            cluster.tokens.forEach(cluster::requestCertificate);
            return new HostResult.KubeletBootstrapped(FakeCluster.KEY_DIGEST);
        });
        return this;
    }

    /** Lets the kubelet request its certificate itself. */
    WorkflowFixture withKubeletBootstrap() {
        tlsBootstrap = TlsBootstrap.KUBELET;
        return this;
    }

    /** Lets the kubelet create its Node. */
    WorkflowFixture withNodeOfKubelet() {
        nodeObject = NodeObject.KUBELET;
        return this;
    }

    /** Lets the request ask for a serving certificate with these addresses. */
    WorkflowFixture withServingCertificate(String... declared) {
        addresses = List.of(declared);
        servingCertificate = true;
        return this;
    }

    /** Lets the request declare a re-join. */
    WorkflowFixture withRejoin() {
        rejoin = true;
        return this;
    }

    /** Lets requests name this pool. */
    WorkflowFixture withPool(String name) {
        pool = new PoolName(name);
        return this;
    }

    /** Lets requests name this machine. */
    WorkflowFixture withMachine(RequestedMachine wanted) {
        machine = wanted;
        return this;
    }

    /** Lets later requests declare no re-join. */
    WorkflowFixture withoutRejoin() {
        rejoin = null;
        return this;
    }

    /** Starts the join; its agent is not connected yet. */
    WorkflowFixture start() {
        startedAt = now();
        begin(request());
        return this;
    }

    /** Starts the join for which an agent waits with this proof. */
    WorkflowFixture startWith(EnrollmentProof enrollment) {
        startedAt = now();
        temporal.start(NodeJoinWorkflow.workflowId(CLUSTER, NODE), request(), enrollment);
        return this;
    }

    /** Starts the join of a host whose agent connects immediately. */
    WorkflowFixture startWithAgent() {
        start();
        connectAgent();
        return this;
    }

    /** Enrolls and connects the agent. */
    JoinId connectAgent() {
        JoinId bound = enroll(SECRET_DIGEST, KEY).joinId();
        connect(REPLICA);
        return bound;
    }

    /** Starts the leave of an earlier join's node; its agent is not connected yet. */
    WorkflowFixture leave(LeaveRequested wanted) {
        startedAt = now();
        begin(new LeaveRequest(joinId("leave"), startedAt, wanted, now().plus(deadline)));
        return this;
    }

    /** Starts the cleanup after the fixture's join. */
    WorkflowFixture cleanUp(long commandSequence) {
        startedAt = now();
        temporal.start(new CleanupRequest(new NodeRef(CLUSTER, NODE), joinId(), commandSequence));
        return this;
    }

    NodeCleanupWorkflow cleanup() {
        return temporal.stub(NodeCleanupWorkflow.class);
    }

    /** Waits for the end of the cleanup in virtual time. */
    void awaitCleanup() {
        Object _ = temporal.result(Object.class);
    }

    private void begin(NodeRequest request) {
        temporal.start(NodeJoinWorkflow.workflowId(CLUSTER, NODE), request);
    }

    /** Adds a Node that a join created of the fake host. */
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
                        pool == null ? null : request().spec()));
    }

    /** Enrolls and connects the agent of a host that is prepared for this. */
    void connectPreparedAgent(HostCommand.PrepareHost preparedFor) {
        workflow()
                .enroll(new EnrollmentProof(
                        SECRET_DIGEST,
                        KEY,
                        new EarlyPreparation(preparedFor, FakeHost.FACTS, FakeCluster.KEY_DIGEST),
                        null,
                        null));
        connect(REPLICA);
    }

    EnrollmentBinding enroll(String secretDigest, String key) {
        return workflow().enroll(new EnrollmentProof(secretDigest, key, null, null, null));
    }

    /** Enrolls the agent through this gateway instance, which holds its connection from then on. */
    EnrollmentBinding enrollThrough(String instance) {
        return workflow().enroll(proofThrough(instance, SECRET_DIGEST));
    }

    /** Returns the proof of an agent that enrolls through this gateway instance. */
    EnrollmentProof proofThrough(String instance, String secretDigest) {
        AgentConnection connection =
                new AgentConnection(TaskQueues.gateway(instance), UUID.randomUUID(), UUID.randomUUID());
        return new EnrollmentProof(secretDigest, KEY, null, connection, null);
    }

    void connect(String instance) {
        connect(instance, null);
    }

    /** Connects to this process of the instance. */
    void connect(String instance, @Nullable UUID process) {
        workflow().agentConnected(new AgentConnection(TaskQueues.gateway(instance), UUID.randomUUID(), process));
    }

    NodeJoinWorkflow workflow() {
        return temporal.stub(NodeJoinWorkflow.class);
    }

    void cancelByTemporal() {
        temporal.cancel();
    }

    /** Returns the memo of the newest run. */
    String memo(String key) {
        return temporal.memo(key).orElseThrow();
    }

    /** Returns the search attributes of the newest run. */
    SearchAttributes attributes() {
        return temporal.attributes();
    }

    /** Returns the generation of a request or cancel this many seconds after the first request. */
    Instant madeAfter(long seconds) {
        return startedAt.plusSeconds(seconds);
    }

    AbortResponse abort() {
        return abort(null);
    }

    /** Aborts by an event this many seconds after the first request; absent for a person. */
    AbortResponse abort(@Nullable Long secondsAfter) {
        Instant made = secondsAfter == null ? null : madeAfter(secondsAfter);
        return workflow().abort(new AbortRequest("no longer needed", "a test", made, null));
    }

    /** Cancels by the signal of an event this many seconds after the first request. */
    void cancel(long secondsAfter) {
        workflow().cancelRequested(new AbortRequest("no longer needed", "a test", madeAfter(secondsAfter), null));
    }

    /** Signals another request for the node, this many seconds after the first; returns once it is reported as accepted. */
    void supersede(String event, long secondsAfter) {
        signalRequest(event, secondsAfter);
        await(() -> isReported(joinId(event)));
    }

    /** Signals another request without waiting for an event. */
    void signalRequest(String event, long secondsAfter) {
        workflow().superseded(request(event, secondsAfter));
    }

    private boolean isReported(JoinId request) {
        return events.ofType(JoinAccepted.class).stream()
                        .anyMatch(event -> event.joinId().equals(request))
                || events.ofType(JoinCancelled.class).stream()
                        .anyMatch(event -> event.joinId().equals(request));
    }

    /** Returns the only outcome, which must be a failure. */
    JoinFailed failure() {
        List<JoinFailed> failures = events.ofType(JoinFailed.class);
        assertThat(events.published)
                .extracting(event -> event.id().replaceAll(".*/", ""))
                .containsOnlyOnce("Failed")
                .doesNotContain("Joined", "Cancelled");
        return failures.getFirst();
    }

    /** Returns the duration of the failed join, by the workflow's clock. */
    Duration duration() {
        List<PhaseTime> phases = failure().phases();
        return Duration.between(phases.getFirst().at(), phases.getLast().at());
    }

    /** Waits for the end in virtual time. */
    JoinResult awaitResult() {
        try {
            return temporal.result(JoinResult.class);
        } catch (WorkflowFailedException ended) {
            if (ended.getCause() instanceof ApplicationFailure failure) {
                return new JoinResult(
                        workflow().progress().phase(),
                        new Problem(ErrorCode.valueOf(failure.getType()), failure.getOriginalMessage()));
            }
            throw ended;
        }
    }

    /** Waits for the end of the first run. */
    void awaitFirstRunClosed() {
        temporal.awaitFirst();
    }

    WorkflowExecutionHistory historyOfFirst() {
        return temporal.historyOfFirst();
    }

    WorkflowExecutionHistory history() {
        return temporal.history();
    }

    /** Returns the completed activities, in order of completion. */
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
        temporal.sleep(duration);
    }

    /** Advances time until the condition holds. */
    void await(BooleanSupplier condition) {
        temporal.await(condition);
    }

    /** Kills the process of the calling activity. Does not return. */
    RuntimeException die() {
        return temporal.die();
    }

    Instant now() {
        return temporal.now();
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
                null,
                pool,
                machine);
        JoinPolicy policy = new JoinPolicy(
                ApprovalMode.NODEJOIN, tlsBootstrap, nodeObject, Duration.ofMinutes(10), List.of(), null, null);
        return new JoinRequest(joinId(event), madeAfter(secondsAfter), wanted, now().plus(deadline), policy, null);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        context.getExecutionException().ifPresent(_ -> System.out.println(temporal.story()));
        try (unhandled) {
            List<String> defects = temporal.defects();
            temporal.close();
            assertThat(defects).isEmpty();
            assertThat(unhandled.warnings()).isEmpty();
        }
    }
}
