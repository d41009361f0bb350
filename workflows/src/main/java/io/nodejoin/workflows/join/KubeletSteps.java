package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.workflows.compensation.CompensatingAction;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.function.Supplier;

/** Steps of a join that start the kubelet. Each throws the problem of an unwanted result. */
final class KubeletSteps {
    private final Supplier<JoinPlan> plan;
    private final HostCommandClient host;
    private final Compensation compensation;

    KubeletSteps(Supplier<JoinPlan> plan, HostCommandClient host, Compensation compensation) {
        this.plan = plan;
        this.host = host;
        this.compensation = compensation;
    }

    /** Returns the command that transfers the token; afterwards the host can create a CSR and register. */
    Assignment startKubeletCommand(JoinState.TokenIssued issued, boolean verified) {
        Assignment start = host.nextAssignment(plan().startKubeletCommand(issued, verified), plan().deadline());
        compensation.register(new CompensatingAction.QuarantineName(
                plan().node(),
                new JoinCertificates.OfToken(issued.token()),
                issued.facts().machineId(),
                issued.kubeletKeyDigest(),
                start));
        compensation.register(new CompensatingAction.DenyPendingCsrs(issued.token()));
        compensation.register(
                new CompensatingAction.DeleteUnobservedNode(plan().node(), issued.token(), issued.facts()));
        compensation.register(new CompensatingAction.DenyLateCsrs(issued.token()));
        return start;
    }

    /** Starts the kubelet. Completes only after the token is rejected. */
    HostResult.KubeletBootstrapped startKubelet(Assignment start) {
        return host.execute(
                start,
                HostResult.KubeletBootstrapped.class,
                Duration.between(WorkflowTime.now(), plan().deadline()),
                ErrorCode.REVOCATION_UNVERIFIED);
    }

    /** Waits for a kubelet that requests its certificate itself to start. */
    void awaitRequestingKubelet(Assignment start, Promise<CertificateResult.Issued> certificate) {
        if (plan().request().policy().tlsBootstrap() == TlsBootstrap.KUBELET) {
            awaitKubeletActive(start, certificate);
        }
    }

    /**
     * Waits for the milestone of a running kubelet.
     *
     * @param evidence completes with what only a running kubelet does
     */
    void awaitKubeletActive(Assignment start, Promise<?> evidence) {
        boolean active = WorkflowTime.awaitWithCatchUp(
                "Wait for the kubelet's start on " + plan().nodeName(),
                StepOptions.KUBELET_ACTIVE_TIMEOUT,
                () -> host.hasReached(start, CommandMilestone.KubeletActive)
                        || (evidence.isCompleted() && evidence.getFailure() == null));
        if (!active) {
            throw JoinFailures.of(
                    ErrorCode.KUBELET_NOT_STARTED,
                    "the kubelet of " + plan().nodeName() + " was not active within "
                            + StepOptions.KUBELET_ACTIVE_TIMEOUT.toSeconds() + " s");
        }
    }

    /**
     * Requires of a kubelet that has created its key that it has the approved one: only then is the registered node the
     * enrolled machine.
     */
    void requireSameKey(Promise<HostResult.KubeletBootstrapped> kubelet, CertificateResult.Issued certificate) {
        String summary = "Wait until the host of " + plan().nodeName() + " observes that its token is rejected";
        if (!WorkflowTime.awaitWithCatchUp(summary, StepOptions.TOKEN_REFUSED_TIMEOUT, kubelet::isCompleted)) {
            throw JoinFailures.of(
                    ErrorCode.REVOCATION_UNVERIFIED,
                    "the host of " + plan().nodeName() + " did not observe the rejection of its token within "
                            + StepOptions.TOKEN_REFUSED_TIMEOUT.toSeconds() + " s of its deletion");
        }
        if (!kubelet.get().clientKeyDigest().equals(certificate.keyDigest())) {
            throw JoinFailures.of(
                    ErrorCode.CSR_KEY_MISMATCH,
                    "the kubelet of " + plan().nodeName() + " does not have the approved key");
        }
    }

    private JoinPlan plan() {
        return plan.get();
    }
}
