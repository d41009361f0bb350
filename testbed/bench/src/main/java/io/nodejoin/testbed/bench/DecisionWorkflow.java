package io.nodejoin.testbed.bench;

import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/** The step of a join that waits for a certificate, by itself. */
@WorkflowInterface
public interface DecisionWorkflow {

    /** Waits for the decision. */
    @WorkflowMethod
    CertificateResult decide(CsrDecisionRequest request);

    /** One activity. */
    final class Impl implements DecisionWorkflow {
        private static final Duration LIMIT = Duration.ofMinutes(15);

        @Override
        public CertificateResult decide(CsrDecisionRequest request) {
            return Workflow.newActivityStub(
                            CsrActivities.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(LIMIT)
                                    .setHeartbeatTimeout(LIMIT)
                                    .build())
                    .decide(request);
        }
    }
}
