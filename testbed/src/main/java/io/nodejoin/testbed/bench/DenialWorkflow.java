package io.nodejoin.testbed.bench;

import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/** The undo of a join that denies what its token has asked for, by itself, with the time and the retries of a join. */
@WorkflowInterface
public interface DenialWorkflow {

    /** Returns once nothing of the token is undecided. */
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
