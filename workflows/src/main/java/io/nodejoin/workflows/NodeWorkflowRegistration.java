package io.nodejoin.workflows;

import io.nodejoin.workflows.cleanup.NodeCleanupWorkflowImpl;
import io.nodejoin.workflows.join.MachineBindingWorkflowImpl;
import io.nodejoin.workflows.join.NodeJoinWorkflowImpl;
import io.nodejoin.workflows.leave.NodeLeaveWorkflowImpl;
import io.nodejoin.workflows.pool.PoolWorkflowImpl;
import io.nodejoin.workflows.rejoin.RejoinDecisionWorkflowImpl;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkflowImplementationOptions;

/**
 * Registers the workflows of joins, leaves, rejoins and pools with a worker. Service, tests and replay register through this class, so
 * that they run the same.
 */
public final class NodeWorkflowRegistration {
    private NodeWorkflowRegistration() {}

    /**
     * Registers the workflows. Call it once per worker, before the worker starts. No exception type fails a workflow: a
     * defect blocks the workflow task until a fixed version is deployed, so that no join is lost.
     */
    public static void register(Worker worker) {
        worker.registerWorkflowImplementationTypes(
                WorkflowImplementationOptions.newBuilder().build(),
                NodeJoinWorkflowImpl.class,
                MachineBindingWorkflowImpl.class,
                PoolWorkflowImpl.class,
                NodeLeaveWorkflowImpl.class,
                NodeCleanupWorkflowImpl.class,
                RejoinDecisionWorkflowImpl.class);
    }
}
