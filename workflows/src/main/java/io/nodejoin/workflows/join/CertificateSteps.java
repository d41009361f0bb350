package io.nodejoin.workflows.join;

import io.nodejoin.workflows.compensation.CompensatingAction;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.csr.ServingCertificateRequest;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** Steps of a join on certificate requests. Each throws the problem of an unwanted result. */
final class CertificateSteps {
    private final Supplier<JoinPlan> plan;
    private final Compensation compensation;

    CertificateSteps(Supplier<JoinPlan> plan, Compensation compensation) {
        this.plan = plan;
        this.compensation = compensation;
    }

    CertificateResult.Issued awaitCertificate(JoinState.TokenIssued issued) {
        String summary = "Decide certificate request of " + plan().nodeName() + ", token "
                + issued.token().tokenId();
        CsrActivities certificates = Workflow.newActivityStub(
                CsrActivities.class,
                StepOptions.byApprover(StepOptions.watch(summary, StepOptions.CERTIFICATE_TIMEOUT)));
        Instant deadline = plan().capAtDeadline(WorkflowTime.now(), StepOptions.CERTIFICATE_TIMEOUT);
        return switch (certificates.decide(plan().csrDecisionRequest(issued, deadline))) {
            case CertificateResult.Issued certificate -> {
                compensation.markCertificateIssued();
                yield certificate;
            }
            case CertificateResult.Denied denied -> throw JoinFailures.of(denied.problem());
            case CertificateResult.TimedOut missing -> throw JoinFailures.of(missing.problem());
        };
    }

    /**
     * Denies all but the approved CSR of the token until the host has observed the token's rejection, since later ones
     * cannot exist. Another key fails the attempt at once if the host's was not known.
     *
     * @param refused completes when the host has observed the rejection
     */
    void denyRivalsUntilRejection(JoinState.TokenIssued issued, Promise<TokenRef> revoked, Promise<?> refused) {
        boolean keyKnown = issued.kubeletKeyDigest() != null;
        Duration watch = StepOptions.RIVAL_CSR_WATCH;
        Instant end = Instant.MAX;
        do {
            denyOthers(issued, watch);
            watch = keyKnown ? StepOptions.RIVAL_CSR_WATCH : StepOptions.RIVAL_CSR_RECHECK;
            if (revoked.isCompleted() && end.equals(Instant.MAX)) {
                revoked.get();
                end = WorkflowTime.now().plus(StepOptions.LATE_CSR_WINDOW);
            }
        } while (!refused.isCompleted() && WorkflowTime.now().isBefore(end));
        if (!keyKnown) { // only now can no other key appear, and the approved one is the host's if there is none
            denyOthers(issued, Duration.ZERO);
        }
    }

    private void denyOthers(JoinState.TokenIssued issued, Duration watch) {
        String summary =
                "Deny other certificate requests of token " + issued.token().tokenId();
        CsrActivities certificates = Workflow.newActivityStub(
                CsrActivities.class, StepOptions.byApprover(StepOptions.write(summary, watch)));
        if (certificates.denyOthers(
                        plan().csrDecisionRequest(issued, WorkflowTime.now().plus(watch)))
                instanceof CertificateResult.Denied denied) {
            throw JoinFailures.of(denied.problem());
        }
    }

    /** Returns whether the join requests a serving certificate; if so, the node has one for exactly the declared SANs. */
    boolean awaitServingCertificate(String uid) {
        boolean wanted = plan().spec().requestsServingCertificate();
        if (wanted) {
            AllowedServingSans sans = plan().allowedServingSans(uid);
            compensation.register(new CompensatingAction.DisallowServingSans(sans));
            servingActivities(StepOptions.write("Allow serving SANs of node " + plan().nodeName()))
                    .allowSans(sans);
            awaitServingIssued(sans);
        }
        return wanted;
    }

    private void awaitServingIssued(AllowedServingSans sans) {
        Instant deadline = plan().capAtDeadline(WorkflowTime.now(), StepOptions.SERVING_CERTIFICATE_TIMEOUT);
        String summary = "Wait for serving certificate of node " + plan().nodeName();
        ServingCertificateActivities serving =
                servingActivities(StepOptions.watch(summary, StepOptions.SERVING_CERTIFICATE_TIMEOUT));
        switch (serving.awaitIssued(new ServingCertificateRequest(sans, deadline))) {
            case CertificateResult.Issued _ -> {}
            case CertificateResult.Denied denied -> throw JoinFailures.of(denied.problem());
            case CertificateResult.TimedOut missing -> throw JoinFailures.of(missing.problem());
        }
    }

    private static ServingCertificateActivities servingActivities(ActivityOptions options) {
        return Workflow.newActivityStub(ServingCertificateActivities.class, StepOptions.byApprover(options));
    }

    private JoinPlan plan() {
        return plan.get();
    }
}
