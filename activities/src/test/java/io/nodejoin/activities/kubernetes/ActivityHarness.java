package io.nodejoin.activities.kubernetes;

import io.nodejoin.activities.FailureBoundary;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Runs activities as a worker does, with the failure boundary in front; the test says which execution it is. */
final class ActivityHarness implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final AtomicInteger attempt = new AtomicInteger(1);
    private final AtomicReference<String> run = new AtomicReference<>("first-run");
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final TestActivityEnvironment environment;

    ActivityHarness(Object... activities) {
        environment = TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new FailureBoundary(InstantSource.system()), numberingExecutions())
                        .build())
                .build());
        environment.registerActivitiesImplementations(activities);
    }

    <T> T stub(Class<T> type) {
        return environment.newActivityStub(
                type,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(LIMIT)
                        .setHeartbeatTimeout(LIMIT)
                        .build());
    }

    /** Which execution of its activity the next call is. */
    void nextAttemptIs(int number) {
        attempt.set(number);
    }

    /** Which run of the workflow the next call is of. */
    void nextRunIs(String id) {
        run.set(id);
    }

    /** By how much the clock of Temporal is ahead of everybody's else. */
    void temporalIsAhead(Duration by) {
        ahead.set(by);
    }

    @Override
    public void close() {
        environment.close();
    }

    private WorkerInterceptor numberingExecutions() {
        return new WorkerInterceptorBase() {
            @Override
            public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
                return new ActivityInboundCallsInterceptorBase(next) {
                    @Override
                    public void init(ActivityExecutionContext context) {
                        long started = context.getInfo().getStartedTimestamp()
                                + ahead.get().toMillis();
                        ActivityInfo numbered =
                                overriding(ActivityInfo.class, context.getInfo(), "getAttempt", attempt.get());
                        ActivityInfo ofRun = overriding(ActivityInfo.class, numbered, "getWorkflowRunId", run.get());
                        ActivityInfo info = overriding(ActivityInfo.class, ofRun, "getStartedTimestamp", started);
                        super.init(overriding(ActivityExecutionContext.class, context, "getInfo", info));
                    }
                };
            }
        };
    }

    private static <T> T overriding(Class<T> type, T target, String method, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, called, arguments) -> {
                    try {
                        return called.getName().equals(method) ? answer : called.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                }));
    }
}
