package io.nodejoin.activities;

import io.temporal.activity.ActivityOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.time.Duration;
import java.time.InstantSource;

/** Runs activities as a worker does, with the failure boundary in front. */
public final class TranslatedActivities implements AutoCloseable {
    private final TestActivityEnvironment environment =
            TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                            .setWorkerInterceptors(new FailureBoundary(InstantSource.system()))
                            .build())
                    .build());

    /** Has these be what the stubs call. */
    public void register(Object... activities) {
        environment.registerActivitiesImplementations(activities);
    }

    /** A stub of these activities, whose calls may take a minute. */
    public <T> T stub(Class<T> type) {
        return environment.newActivityStub(
                type,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofSeconds(60))
                        .build());
    }

    @Override
    public void close() {
        environment.close();
    }
}
