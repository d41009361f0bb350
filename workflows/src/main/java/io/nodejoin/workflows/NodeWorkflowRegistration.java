package io.nodejoin.workflows;

import io.nodejoin.workflows.join.NodeJoinWorkflowImpl;
import io.nodejoin.workflows.leave.NodeLeaveWorkflowImpl;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkflowImplementationOptions;

/** Makes a worker able to run joins and leaves. Service, tests and replay register through this class, so that they run the same. */
public final class NodeWorkflowRegistration {
    private NodeWorkflowRegistration() {}

    /**
     * Registers the workflows. Once per worker, before it starts. No exception type fails a run: a defect blocks the
     * workflow task until a fixed version is deployed, and no join is lost to it.
     */
    public static void register(Worker worker) {
        worker.registerWorkflowImplementationTypes(
                WorkflowImplementationOptions.newBuilder().build(),
                NodeJoinWorkflowImpl.class,
                NodeLeaveWorkflowImpl.class);
    }
}
