package io.nodejoin.service.intake;

import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.service.temporal.PayloadProtection;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
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
