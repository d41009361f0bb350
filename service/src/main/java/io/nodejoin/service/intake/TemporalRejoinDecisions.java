package io.nodejoin.service.intake;

import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.workflows.rejoin.RejoinClaim;
import io.nodejoin.workflows.rejoin.RejoinDecision;
import io.nodejoin.workflows.rejoin.RejoinDecisionWorkflow;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Has a worker decide the claims of machines, since a gateway has no credential for their clusters. The same claim asks once
 * at a time.
 */
public final class TemporalRejoinDecisions implements Function<RejoinClaim, RejoinDecision> {
    /** Longer than anybody waits for the answer. */
    private static final Duration RUN_TIMEOUT = Duration.ofSeconds(30);

    private final WorkflowClient client;
    private final CallDeadline deadline;

    /**
     * @param client fails fast when Temporal is unavailable
     * @param deadline of the answer
     */
    public TemporalRejoinDecisions(WorkflowClient client, CallDeadline deadline) {
        this.client = client;
        this.deadline = deadline;
    }

    /** Returns the decision; throws if there is none in time, as while no worker runs or the cluster does not respond. */
    @Override
    public RejoinDecision apply(RejoinClaim claim) {
        WorkflowStub workflow = client.newUntypedWorkflowStub(
                RejoinDecisionWorkflow.TYPE,
                WorkflowOptions.newBuilder()
                        .setWorkflowId(RejoinDecisionWorkflow.workflowId(
                                claim, Sha256.hex(claim.enrollment() + "/" + claim.publicKey())))
                        .setTaskQueue(TaskQueues.NODEJOIN)
                        .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                        .setWorkflowRunTimeout(RUN_TIMEOUT)
                        .setStaticSummary(
                                "Whether the machine of " + claim.node().name() + " may rejoin")
                        .build());
        deadline.within(() -> workflow.start(claim));
        try {
            return workflow.getResult(deadline.timeout().toMillis(), TimeUnit.MILLISECONDS, RejoinDecision.class);
        } catch (TimeoutException e) {
            throw new CompletionException("no worker has decided whether the machine may rejoin", e);
        }
    }
}
