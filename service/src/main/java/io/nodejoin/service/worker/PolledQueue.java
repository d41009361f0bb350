package io.nodejoin.service.worker;

import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.gateway.GatewayWorkflow;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.common.converter.DataConverter;
import io.temporal.worker.Worker;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A task queue that this process polls.
 *
 * @param versioned whether its workflows end on the version of the service that started them, if the configuration names a version. Other
 *     queues have activities that any version may run, and must not be lost with a version
 * @param registration registers with the queue's worker what it runs
 */
public record PolledQueue(String taskQueue, boolean versioned, Consumer<Worker> registration) {

    /**
     * Returns the queue of joins and leaves, with these activities.
     *
     * @param dataConverter that of the workers
     */
    public static PolledQueue joins(List<Object> activities, DataConverter dataConverter) {
        return new PolledQueue(TaskQueues.NODEJOIN, true, worker -> {
            NodeWorkflowRegistration.register(worker);
            worker.registerActivitiesImplementations(activities.toArray());
            boolean _ = RecordedJoin.replay(worker, dataConverter);
        });
    }

    /** Returns the queue of the decisions on certificate requests, with these activities. */
    public static PolledQueue approvals(List<Object> activities) {
        return new PolledQueue(
                TaskQueues.APPROVER, false, worker -> worker.registerActivitiesImplementations(activities.toArray()));
    }

    /**
     * Returns the queue of the hosts that are connected to this process.
     *
     * @param queries creates an answerer of the queries to this replica
     */
    public static PolledQueue gateway(String instance, HostActivities activities, Supplier<GatewayWorkflow> queries) {
        return new PolledQueue(TaskQueues.gateway(instance), false, worker -> {
            worker.registerWorkflowImplementationFactory(GatewayWorkflow.class, queries::get);
            worker.registerActivitiesImplementations(activities);
        });
    }
}
