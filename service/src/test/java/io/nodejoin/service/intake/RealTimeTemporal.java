package io.nodejoin.service.intake;

import io.nodejoin.client.temporal.PayloadProtection;
import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import java.time.Duration;

/** Temporal's test server, with the attributes of joins and without any hurry. */
final class RealTimeTemporal {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private RealTimeTemporal() {}

    /** Its starter of joins. */
    static JoinStarter joinStarter(TestWorkflowEnvironment temporal, EnrollmentHandover enrollments) {
        return new TemporalJoinStarter(
                temporal.getWorkflowClient(),
                temporal.getWorkflowClient(),
                new CallDeadline(START_TIMEOUT, new ManualScheduler()),
                enrollments);
    }

    /** Starts the workers of joins, with the approver's and a gateway's activities, on the queue of each. */
    static void startWorkers(TestWorkflowEnvironment temporal, InstantCluster cluster) {
        Worker worker = temporal.newWorker(TaskQueues.NODEJOIN);
        NodeWorkflowRegistration.register(worker);
        worker.registerActivitiesImplementations(cluster);
        temporal.newWorker(TaskQueues.APPROVER).registerActivitiesImplementations(cluster);
        temporal.newWorker(TaskQueues.gateway(InstantCluster.REPLICA)).registerActivitiesImplementations(cluster);
        temporal.start();
    }

    static TestWorkflowEnvironment environment() {
        return environment(PayloadProtection.of(null));
    }

    /** @param protection of what its own clients and workers write and read */
    static TestWorkflowEnvironment environment(PayloadProtection protection) {
        TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(protection.dataConverter())
                        .build())
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(new WithoutLocalActivities())
                        .build());
        JoinSearchAttributes.all()
                .forEach(key ->
                        options.registerSearchAttribute(key.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        return TestWorkflowEnvironment.newInstance(options.build());
    }
}
