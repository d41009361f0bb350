package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.StepOptions;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterBulkheadTest {
    private static final ClusterName HUNG = new ClusterName("hung");
    private static final ClusterName SOUND = new ClusterName("sound");
    private static final String QUEUE = "joins";
    private static final int WORKFLOW_TASKS = 16;
    private static final int ON_HUNG = 200;
    private static final int ON_SOUND = 20;

    private final FakeClusters clusters = new FakeClusters();
    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setUseTimeskipping(false)
                    .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                            .setWorkerInterceptors(new ClusterBulkhead(WORKFLOW_TASKS, System::nanoTime))
                            .build())
                    .build());

    @AfterEach
    void close() {
        clusters.recover.countDown();
        temporal.close();
    }

    @ActivityInterface
    public interface ClusterCalls {
        String call(ClusterName cluster);
    }

    @WorkflowInterface
    public interface OneCall {
        @WorkflowMethod
        String run(ClusterName cluster);
    }

    public static final class OneCallImpl implements OneCall {
        @Override
        public String run(ClusterName cluster) {
            return new LocalActivities()
                    .call(ClusterCalls.class, StepOptions.read("call"), calls -> calls.call(cluster));
        }
    }

    /** One of the clusters answers at once, the other one not before it recovers. */
    private static final class FakeClusters implements ClusterCalls {
        private final CountDownLatch recover = new CountDownLatch(1);
        private final AtomicInteger heldTasks = new AtomicInteger();

        @Override
        public String call(ClusterName cluster) {
            if (cluster.equals(HUNG)) {
                if (Activity.getExecutionContext().getInfo().isLocal()) {
                    heldTasks.incrementAndGet();
                }
                awaitRecovery();
            }
            return "answered";
        }

        private void awaitRecovery() {
            try {
                recover.await();
            } catch (InterruptedException _) { // the worker stops
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void shouldGiveAHungClusterAQuarterOfTheWorkflowTasksAndTheOthersTheirs() {
        // given two hundred joins that wait for a hung cluster
        startWorker();
        List<CompletableFuture<String>> waiting = start(HUNG, ON_HUNG);

        // when
        List<CompletableFuture<String>> unhindered = start(SOUND, ON_SOUND);

        // then
        assertThat(unhindered).allSatisfy(join -> assertThat(join.join()).isEqualTo("answered"));
        assertThat(clusters.heldTasks).hasValueLessThanOrEqualTo(WORKFLOW_TASKS / 4);

        // and when it recovers, those of it go on
        clusters.recover.countDown();
        assertThat(waiting).allSatisfy(join -> assertThat(join.join()).isEqualTo("answered"));
    }

    private void startWorker() {
        Worker worker = temporal.newWorker(
                QUEUE,
                WorkerOptions.newBuilder()
                        .setMaxConcurrentWorkflowTaskExecutionSize(WORKFLOW_TASKS)
                        .setUsingVirtualThreads(true)
                        .setMaxConcurrentActivityExecutionSize(2 * ON_HUNG)
                        .build());
        worker.registerWorkflowImplementationTypes(OneCallImpl.class);
        worker.registerActivitiesImplementations(clusters);
        temporal.start();
    }

    private List<CompletableFuture<String>> start(ClusterName cluster, int count) {
        WorkflowClient client = temporal.getWorkflowClient();
        WorkflowOptions options =
                WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build();
        return Stream.generate(() -> client.newWorkflowStub(OneCall.class, options))
                .limit(count)
                .map(stub -> WorkflowClient.execute(stub::run, cluster))
                .toList();
    }
}
