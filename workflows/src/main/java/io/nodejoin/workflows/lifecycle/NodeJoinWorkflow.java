package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/** Joins one machine to a cluster: from the admitted request to exactly one outcome event. The first key to enroll wins. */
@WorkflowInterface
public interface NodeJoinWorkflow extends NodeWorkflow {

    /** The workflow's id: one open join per node of a cluster. */
    static String workflowId(ClusterName cluster, NodeName node) {
        return "node-join/" + cluster + "/" + node;
    }

    /**
     * Runs the join. Always publishes one outcome event. A join without a node closes the workflow as failed, with the
     * error code as type of its failure; one that Temporal cancelled closes as cancelled.
     *
     * @param enrollment of an agent that waited for the start; bound as {@link #enroll} does, or ignored if that would
     *     refuse it
     */
    @WorkflowMethod
    JoinResult join(JoinRequest request, @Nullable EnrollmentProof enrollment);

    /**
     * Gives the join until this later deadline. What waits for a Ready node then waits until that deadline; all other
     * steps keep their own limits. A second call with the same deadline is rejected.
     */
    @UpdateMethod
    ExtendedDeadline extendDeadline(DeadlineExtension extension);

    /**
     * Rejects a deadline that is not later than the join's, or more than {@link
     * io.nodejoin.workflows.temporal.StepOptions#MAX_DEADLINE_EXTENSION} ahead, and any if the join does not run.
     */
    @UpdateValidatorMethod(updateName = "extendDeadline")
    void validateExtendDeadline(DeadlineExtension extension);

    /**
     * Records that an agent of the node waits at a gateway for the turn of this join: the time for the agent, and a deadline that the
     * request does not name, begin anew. Limited in number, since the agent is not authenticated yet. No effect on a join that has
     * begun.
     */
    @SignalMethod
    void waitsForTurn();
}
