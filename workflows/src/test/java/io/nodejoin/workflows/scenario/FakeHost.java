package io.nodejoin.workflows.scenario;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.hostcommand.HostCommandRequest;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** A host that executes each command, unless scripted otherwise. A repeated command gets the recorded result. */
public final class FakeHost implements HostActivities {
    public static final HostFacts FACTS = new HostFacts("machine-1", "system-1", "v1.37.2", "Debian 13", "6.12");

    final List<Assignment> received = new ArrayList<>();

    private final Map<String, HostResult> recorded = new HashMap<>();
    private final ActivityScript script;
    private final FakeCluster cluster;
    private final Consumer<MilestoneReport> reports;

    FakeHost(ActivityScript script, FakeCluster cluster, Consumer<MilestoneReport> reports) {
        this.script = script;
        this.cluster = cluster;
        this.reports = reports;
    }

    static HostResult.HostFailed failed(ErrorCode code, String detail) {
        return new HostResult.HostFailed(new Problem(code, detail), List.of(), List.of("last line of the host's log"));
    }

    /** Returns the failure of a replica whose agent is disconnected. */
    static RuntimeException unreachable() {
        return Failures.of(
                FailureType.UNAVAILABLE, new Problem(ErrorCode.AGENT_UNREACHABLE, "no agent fetched the command"));
    }

    @Override
    public HostResult preflight(HostCommandRequest request) {
        return call("Host_Preflight", request, _ -> new HostResult.PreflightPassed(FACTS, List.of()));
    }

    @Override
    public HostResult prepareHost(HostCommandRequest request) {
        return call("Host_PrepareHost", request, assignment -> {
            HostCommand.PrepareHost prepare = (HostCommand.PrepareHost) assignment.command();
            String key = prepare.tlsBootstrap() == TlsBootstrap.AGENT ? FakeCluster.KEY_DIGEST : null;
            return new HostResult.HostPrepared("plan", List.of("swap-off"), key);
        });
    }

    @Override
    public HostResult startKubelet(HostCommandRequest request) {
        return call("Host_StartKubelet", request, assignment -> {
            HostCommand.StartKubelet start = (HostCommand.StartKubelet) assignment.command();
            switch (start.tlsBootstrap()) {
                case AGENT -> {
                    if (cluster.obtainCertificate(start.tokenId())) {
                        report(assignment, CommandMilestone.CertificateObtained);
                        report(assignment, CommandMilestone.KubeletActive);
                    }
                }
                case KUBELET -> {
                    report(assignment, CommandMilestone.KubeletActive);
                    cluster.requestCertificate(start.tokenId());
                }
            }
            cluster.awaitTokenUnusable();
            return new HostResult.KubeletBootstrapped(FakeCluster.KEY_DIGEST);
        });
    }

    @Override
    public HostResult resetHost(HostCommandRequest request) {
        return call("Host_ResetHost", request, assignment -> {
            report(assignment, CommandMilestone.KubeletStopped);
            cluster.tokenIsUnusable = true;
            cluster.kubeletHasCertificate = false;
            return new HostResult.HostReset(
                    true, cluster.holdsCertificate() ? FakeCluster.KEY_DIGEST : null, List.of());
        });
    }

    @Override
    public HostResult collectDiagnostics(HostCommandRequest request) {
        return call("Host_CollectDiagnostics", request, _ -> new HostResult.Diagnostics(List.of()));
    }

    private void report(Assignment assignment, CommandMilestone milestone) {
        reports.accept(new MilestoneReport(assignment.id(), milestone, Instant.EPOCH));
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
