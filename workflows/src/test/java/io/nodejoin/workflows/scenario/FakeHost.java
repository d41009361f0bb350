package io.nodejoin.workflows.scenario;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.hostcommand.HostCommandRequest;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.TimeoutFailure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A host whose kubelet does what it should, unless the script says otherwise. It answers a repeat with the recorded result. */
public final class FakeHost implements HostActivities {
    public static final HostFacts FACTS = new HostFacts("machine-1", "system-1", "v1.37.2", "Debian 13", "6.12");

    final List<Assignment> received = new CopyOnWriteArrayList<>();

    private final Map<String, HostResult> recorded = new ConcurrentHashMap<>();
    private final ActivityScript script;
    private final FakeCluster cluster;

    FakeHost(ActivityScript script, FakeCluster cluster) {
        this.script = script;
        this.cluster = cluster;
    }

    static HostResult.HostFailed failed(ErrorCode code, String detail) {
        return new HostResult.HostFailed(new Problem(code, detail), List.of(), List.of("last line of the host's log"));
    }

    /** What a replica says that has lost the agent. */
    static RuntimeException unreachable() {
        return Failures.of(
                FailureType.UNAVAILABLE, new Problem(ErrorCode.AGENT_UNREACHABLE, "no agent fetched the command"));
    }

    /**
     * What Temporal says when it hears nothing of a replica. The test server loses count of who keeps its clock from flying when an activity
     * outlives its own heartbeat.
     */
    static RuntimeException heartbeatTimeout() {
        return new TimeoutFailure("no heartbeat", null, TimeoutType.TIMEOUT_TYPE_HEARTBEAT);
    }

    @Override
    public HostResult preflight(HostCommandRequest request) {
        return call("Host_Preflight", request, _ -> new HostResult.PreflightPassed(FACTS, List.of()));
    }

    @Override
    public HostResult prepareHost(HostCommandRequest request) {
        return call("Host_PrepareHost", request, _ -> new HostResult.HostPrepared("plan", List.of("swap-off")));
    }

    @Override
    public HostResult startKubelet(HostCommandRequest request) {
        return call("Host_StartKubelet", request, assignment -> {
            HostCommand.StartKubelet start = (HostCommand.StartKubelet) assignment.command();
            report(assignment, CommandMilestone.KubeletActive);
            cluster.requestCertificate(start.tokenId());
            cluster.awaitTokenUnusable();
            return new HostResult.KubeletBootstrapped(FakeCluster.KEY_DIGEST);
        });
    }

    @Override
    public HostResult resetHost(HostCommandRequest request) {
        return call("Host_ResetHost", request, assignment -> {
            report(assignment, CommandMilestone.KubeletStopped);
            cluster.tokenIsUnusable = true;
            return new HostResult.HostReset(
                    true, cluster.holdsCertificate() ? FakeCluster.KEY_DIGEST : null, List.of());
        });
    }

    @Override
    public HostResult collectDiagnostics(HostCommandRequest request) {
        return call("Host_CollectDiagnostics", request, _ -> new HostResult.Diagnostics(List.of()));
    }

    void report(Assignment assignment, CommandMilestone mark) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        context.getWorkflowClient()
                .newWorkflowStub(NodeJoinWorkflow.class, context.getInfo().getWorkflowId())
                .milestoneReached(new MilestoneReport(assignment.id(), mark, Instant.EPOCH));
    }

    private HostResult call(String activity, HostCommandRequest request, Function<Assignment, HostResult> realCall) {
        Assignment assignment = request.assignment();
        received.add(assignment);
        HostResult known = recorded.get(assignment.id());
        HostResult result =
                known == null ? script.call(activity, HostResult.class, () -> realCall.apply(assignment)) : known;
        recorded.put(assignment.id(), result);
        return result;
    }
}
