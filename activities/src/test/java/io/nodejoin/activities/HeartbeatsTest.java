package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
    private static final String QUEUE = "queue";
    private static final Duration WINDOW = Duration.ofMillis(600);

    private final AtomicLong nanos = new AtomicLong();
    /** Counts how often the process looks at its clock: with each sign of life. */
    private final CountDownLatch beats = new CountDownLatch(8);

    private final AtomicInteger calls = new AtomicInteger();
    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setUseTimeskipping(false)
                    .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                            .setWorkerInterceptors(new Heartbeats(this::time))
                            .build())
                    .build());

    private long time() {
        beats.countDown();
        return nanos.get();
    }

    /** Calls something that takes long. */
    @ActivityInterface
    public interface Slow {
        boolean call();
    }

    /** Has it called once. */
    @WorkflowInterface
    public interface OneCall {
        @WorkflowMethod
        boolean run();
    }

    /** Its one implementation. */
    public static final class OneCallOnly implements OneCall {
        private final Slow slow = Workflow.newActivityStub(
                Slow.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .setHeartbeatTimeout(WINDOW)
                        .setRetryOptions(
                                RetryOptions.newBuilder().setMaximumAttempts(1).build())
                        .build());

        @Override
        public boolean run() {
            return slow.call();
        }
    }

    @BeforeEach
    void start() {
        Worker worker = temporal.newWorker(QUEUE);
        worker.registerWorkflowImplementationTypes(OneCallOnly.class);
        worker.registerActivitiesImplementations((Slow) this::callFor);
        temporal.start();
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    private boolean callFor() {
        calls.incrementAndGet();
        try {
            return beats.await(1, TimeUnit.MINUTES)
                    && Activity.getExecutionContext() instanceof HeldActivity held
                    && held.window().renew();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void shouldKeepAnActivityAliveThatWaitsForLongerThanItsWindow() {
        // given
        OneCall workflow = temporal.getWorkflowClient()
                .newWorkflowStub(
                        OneCall.class,
                        WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());

        // when
        boolean held = workflow.run();

        // then
        assertThat(held).isTrue();
        assertThat(calls).hasValue(1);
    }
}
