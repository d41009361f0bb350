package io.nodejoin.testbed.bench;

import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/**
 * The compensation that denies a token's pending CSRs, as a workflow of its own with the timeouts and retries of a
 * join.
 */
@WorkflowInterface
public interface DenialWorkflow {

    /** Returns once the token has no pending CSR. */
    @WorkflowMethod
    void deny(TokenRef token);

    /** One activity, again until it is through. */
    final class Impl implements DenialWorkflow {
        private static final Duration LIMIT = Duration.ofSeconds(20);

        @Override
        public void deny(TokenRef token) {
            Workflow.newActivityStub(
                            CsrActivities.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(LIMIT)
                                    .build())
                    .denyPending(token);
        }
    }
}
