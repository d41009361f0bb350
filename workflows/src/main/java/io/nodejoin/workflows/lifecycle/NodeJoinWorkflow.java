package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
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
}
