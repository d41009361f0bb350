package io.nodejoin.service.worker;

import io.grpc.StatusRuntimeException;
import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.Heartbeats;
import io.nodejoin.activities.Lasting;
import io.nodejoin.workflows.host.HostActivities;
import io.nodejoin.workflows.join.NodeJoinWorker;
import io.nodejoin.workflows.queue.TaskQueues;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of both queues. They wait for Temporal and their namespace as long as it takes, at the start and later. */
public final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long DRAIN_SECONDS = 15;
    private static final long LOOK_MILLIS = 1_000;

    /** Activities mostly wait, on virtual threads; by default a few hundred joins that wait would keep out all others. */
    private static final int ACTIVITIES = 10_000;

    /**
     * A workflow's task is work for a processor, and an answer to Temporal. More at a time than these make each of them late: a process
     * that had just started had two hundred at once, and some were taken for deadlocks.
     */
    private static final int WORKFLOW_TASKS = 8 * Runtime.getRuntime().availableProcessors();

    /** Half of what Temporal gives a workflow's task: a busy machine lets one wait for longer than the second that is usual. */
    private static final Duration DEADLOCK = Duration.ofSeconds(5);

    /** No activity is heard of more often; by default one is heard of only when most of its window has passed. */
    private static final Duration HEARTBEATS = Duration.ofSeconds(2);

    private final JoinNamespace namespace;
    private final Supplier<WorkerFactory> factories;
    private final Thread keeper;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Heartbeats heartbeats = new Heartbeats();
    private @Nullable volatile String obstacle = "workers have not started";
    private @Nullable volatile WorkerFactory factory;
    /** The namespace that the factory polls. */
    private @Nullable String polled;

    /** @param around what stands outside of everything else around workflows and activities */
    public Workers(
            TemporalClients temporal,
            String instance,
            List<Object> activities,
            HostActivities hostActivities,
            List<WorkerInterceptor> around) {
        this.namespace = new JoinNamespace(temporal.namespace(), temporal::namespaceId, temporal::registerAttributes);
        this.factories = () -> factory(temporal, instance, activities, hostActivities, around);
        this.keeper = Thread.ofPlatform().name("workers-keeper").unstarted(this::keep);
    }

    /** Starts once Temporal is there; returns at once. */
    public void start() {
        keeper.start();
    }

    /** Why joins do not run now, or null if they do; as the latest look left it, a moment ago. */
    public @Nullable String obstacle() {
        return obstacle;
    }

    /** Takes no new tasks, gives the running ones time to end, then interrupts them: Temporal hands them out again. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        keeper.interrupt();
        keeper.join(Duration.ofSeconds(2));
        WorkerFactory running = factory;
        if (running != null) {
            drain(running);
        }
        heartbeats.close();
    }

    private static void drain(WorkerFactory running) {
        running.shutdown();
        running.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
        if (!running.isTerminated()) {
            running.shutdownNow();
            running.awaitTermination(2, TimeUnit.SECONDS);
        }
    }

    private void keep() {
        try {
            do {
                if (!Lasting.succeeds("looking at Temporal", this::look)) {
                    obstacle = "workers cannot be looked after; the log says why";
                }
            } while (!stopping.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            LOG.debug("stopped while looking at Temporal");
        }
    }

    private void look() {
        String found = namespace.obstacle();
        if (found == null) {
            found = poll(namespace.id());
        }
        if (stopping.getCount() > 0) {
            tell(found);
            obstacle = found;
        }
    }

    /**
     * Nothing polls before the namespace is as joins need it. What polls goes on while it is away, ever more rarely, and
     * remembers its runs: so a namespace that was made anew gets workers that know of nothing.
     */
    private @Nullable String poll(String id) {
        if (id.equals(polled)) {
            return null;
        }
        WorkerFactory before = factory;
        if (before != null) {
            before.shutdownNow();
        }
        try {
            WorkerFactory next = factories.get();
            factory = next;
            next.start();
            polled = id;
            return null;
        } catch (StatusRuntimeException e) {
            return "workers cannot start: " + e.getStatus().getCode();
        }
    }

    private void tell(@Nullable String found) {
        if (found == null && obstacle != null) {
            LOG.info("workers poll {}", TaskQueues.NODEJOIN);
        } else if (found != null && !found.equals(obstacle)) {
            LOG.warn("workers wait: {}", found);
        }
    }

    private WorkerFactory factory(
            TemporalClients temporal,
            String instance,
            List<Object> activities,
            HostActivities hostActivities,
            List<WorkerInterceptor> around) {
        WorkerFactory factory = WorkerFactory.newInstance(
                temporal.patient(),
                WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(interceptors(around))
                        .build());
        Worker joins = factory.newWorker(TaskQueues.NODEJOIN, options());
        NodeJoinWorker.register(joins);
        joins.registerActivitiesImplementations(activities.toArray());
        factory.newWorker(TaskQueues.gateway(instance), options()).registerActivitiesImplementations(hostActivities);
        return factory;
    }

    /** The last one is the outermost. */
    private WorkerInterceptor[] interceptors(List<WorkerInterceptor> around) {
        List<WorkerInterceptor> all = new ArrayList<>();
        all.add(new FailureBoundary());
        all.addAll(around);
        all.add(heartbeats);
        return all.toArray(WorkerInterceptor[]::new);
    }

    private static WorkerOptions options() {
        return WorkerOptions.newBuilder()
                .setUsingVirtualThreads(true)
                .setMaxConcurrentWorkflowTaskPollers(4)
                .setMaxConcurrentWorkflowTaskExecutionSize(WORKFLOW_TASKS)
                .setDefaultDeadlockDetectionTimeout(DEADLOCK.toMillis())
                .setMaxConcurrentActivityTaskPollers(4)
                .setMaxConcurrentActivityExecutionSize(ACTIVITIES)
                .setMaxHeartbeatThrottleInterval(HEARTBEATS)
                .build();
    }
}
