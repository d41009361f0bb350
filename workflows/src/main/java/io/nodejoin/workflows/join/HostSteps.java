package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.compensation.CompensatingAction;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Steps of a join that prepare the host. Each registers its compensation, acts, and throws the problem of an unwanted result. */
final class HostSteps {
    private final Supplier<JoinPlan> plan;
    private final ClusterSteps cluster;
    private final Enrollment enrollment;
    private final HostCommandClient host;
    private final Compensation compensation;

    HostSteps(
            Supplier<JoinPlan> plan,
            ClusterSteps cluster,
            Enrollment enrollment,
            HostCommandClient host,
            Compensation compensation) {
        this.plan = plan;
        this.cluster = cluster;
        this.enrollment = enrollment;
        this.host = host;
        this.compensation = compensation;
    }

    /** Returns the agent's public key. */
    String awaitAgent() {
        return new AgentWait(plan().nodeName(), enrollment, host).await();
    }

    /** Checks the host; one that was prepared early passed the checks before, and repeats them with its start. */
    HostFacts checkHost(DiscoveryInfo discovery) {
        HostFacts facts = earlyPreparation().map(EarlyPreparation::facts).orElseGet(() -> runPreflight(discovery));
        plan().machineMismatch(facts).ifPresent(problem -> {
            throw JoinFailures.of(problem);
        });
        return facts;
    }

    /** Returns whether this problem is a command that the connected host did not answer. */
    boolean hasLostHost(Problem why) {
        return host.isConnected() && why.code() == ErrorCode.AGENT_UNREACHABLE;
    }

    private HostFacts runPreflight(DiscoveryInfo discovery) {
        if (plan().spec().declaresRejoin()) {
            resetBeforeRejoin();
        }
        return preflightUntilApiServerReachable(discovery).facts();
    }

    /**
     * Repeats the preflight while its only failure is that the host cannot reach the API server. Before each repetition
     * the service itself requests the API server, so that an outage of the API server is not reported as the host's.
     */
    private HostResult.PreflightPassed preflightUntilApiServerReachable(DiscoveryInfo discovery) {
        for (int preflights = 1; ; preflights++) {
            try {
                return host.execute(
                        host.repeatedAssignment(plan().preflightCommand(discovery), preflights, plan().deadline()),
                        HostResult.PreflightPassed.class,
                        StepOptions.PREFLIGHT_TIMEOUT,
                        ErrorCode.HOST_PREFLIGHT_FAILED);
            } catch (ApplicationFailure failed) {
                if (preflights == StepOptions.MAX_PREFLIGHTS || !cannotReachApiServer(failed)) {
                    throw failed;
                }
            }
            String summary = "Pause before another preflight of " + plan().nodeName();
            WorkflowTime.timer(summary, StepOptions.POLL_INTERVAL).get();
            cluster.ensureClusterInfo();
        }
    }

    private static boolean cannotReachApiServer(ApplicationFailure failed) {
        return JoinFailures.problemOf(failed).code() == ErrorCode.HOST_CANNOT_REACH_API_SERVER;
    }

    /**
     * Resets the host, since the residue of an earlier join would fail the preflight. Records it first, so that no later
     * request reports the Node of the earlier join as its result. No effect on a clean host.
     */
    private void resetBeforeRejoin() {
        String summary = "Record the reset of the host of node " + plan().nodeName();
        Workflow.newActivityStub(NodeActivities.class, StepOptions.write(summary))
                .markReset(plan().resetMarker());
        host.execute(
                host.preAttemptAssignment(new HostCommand.ResetHost(), plan().deadline()),
                HostResult.HostReset.class,
                StepOptions.RESET_HOST_TIMEOUT,
                ErrorCode.HOST_RESET_FAILED);
    }

    /** Returns the digest of the key that the host has created for its kubelet; null if the kubelet creates it itself. */
    @Nullable String prepareHost() {
        compensation.register(new CompensatingAction.ResetHost());
        Optional<EarlyPreparation> early = earlyPreparation();
        return early.isPresent() ? early.get().kubeletKeyDigest() : executePrepareHost();
    }

    private @Nullable String executePrepareHost() {
        HostResult.HostPrepared prepared = host.execute(
                host.nextAssignment(plan().prepareHostCommand(), plan().deadline()),
                HostResult.HostPrepared.class,
                StepOptions.PREPARE_HOST_TIMEOUT,
                ErrorCode.HOST_PREPARE_FAILED);
        return switch (plan().request().policy().tlsBootstrap()) {
            case KUBELET -> null;
            case AGENT -> requireKubeletKey(prepared);
        };
    }

    private String requireKubeletKey(HostResult.HostPrepared prepared) {
        if (prepared.kubeletKeyDigest() == null) {
            throw JoinFailures.of(
                    ErrorCode.HOST_PREPARE_FAILED, "the host of " + plan().nodeName() + " has no key for its kubelet");
        }
        return prepared.kubeletKeyDigest();
    }

    /** Returns what was done to the host before this join, if it needs no other preparation. */
    Optional<EarlyPreparation> earlyPreparation() {
        return enrollment.preparation().filter(plan()::isMetBy);
    }

    private JoinPlan plan() {
        return plan.get();
    }
}
