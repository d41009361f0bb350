package io.nodejoin.workflows.lifecycle;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Removes one node from its cluster, with exactly one outcome event. Runs under the workflow id of the node's joins, see
 * {@link NodeJoinWorkflow#workflowId}, so that a node never joins and leaves at once. Admits only the agent that has the secret and the
 * key of the join that created the node. It can be aborted until the node is drained.
 */
@WorkflowInterface
public interface NodeLeaveWorkflow extends NodeWorkflow {

    /** Runs the leave. Always publishes one outcome event, which equals the result. */
    @WorkflowMethod
    JoinResult leave(LeaveRequest request);
}
