package io.nodejoin.workflows.rejoin;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Answers a gateway replica, which has no credential for any cluster, whether a machine may rejoin. */
@WorkflowInterface
public interface RejoinDecisionWorkflow {
    /** The workflow's type. */
    String TYPE = "RejoinDecisionWorkflow";

    /**
     * Returns the ID of the workflow that decides this claim: the same for the same machine, so that it asks once at a time,
     * and another one for another, so that nobody gets its answer.
     *
     * @param digest of secret and key
     */
    static String workflowId(RejoinClaim claim, String digest) {
        return "rejoin/" + claim.node().cluster() + "/" + claim.node().name() + "/" + digest;
    }

    /** Decides the claim. */
    @WorkflowMethod
    RejoinDecision decide(RejoinClaim claim);
}
