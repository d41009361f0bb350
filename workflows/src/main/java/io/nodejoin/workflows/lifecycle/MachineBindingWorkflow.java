package io.nodejoin.workflows.lifecycle;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * A join that waits for a machine of its pool. Runs under the workflow id of the node's joins, see {@link
 * NodeJoinWorkflow#workflowId}, and continues as a {@link NodeJoinWorkflow} once it has a machine. It can be aborted and superseded
 * as that one.
 */
@WorkflowInterface
public interface MachineBindingWorkflow extends NodeWorkflow {

    /**
     * Gets a machine. Publishes the accepted event, and, without a machine by the deadline, the outcome {@link
     * io.nodejoin.protocol.ErrorCode#POOL_EXHAUSTED}.
     */
    @WorkflowMethod
    JoinResult bind(JoinRequest request);

    /** The pool has given this machine to the join. */
    @SignalMethod
    void machineBound(BoundMachine machine);

    /** The pool has no fitting machine for the join, for this reason. */
    @SignalMethod
    void machineAwaited(String reason);
}
