package io.nodejoin.testbed.bench;

import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
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
    CertificateDecision decide(CertificateOrder order);

    /** One activity. */
    final class Impl implements DecisionWorkflow {
        private static final Duration LIMIT = Duration.ofMinutes(15);

        @Override
        public CertificateDecision decide(CertificateOrder order) {
            return Workflow.newActivityStub(
                            CertificateActivities.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(LIMIT)
                                    .setHeartbeatTimeout(LIMIT)
                                    .build())
                    .decide(order);
        }
    }
}
