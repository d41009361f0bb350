package io.nodejoin.service.worker;

import io.grpc.StatusRuntimeException;
import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.HeartbeatInterceptor;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.temporal.TaskQueues;
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
    private static final long CHECK_INTERVAL_MILLIS = 1_000;

    /** Activities mostly wait, on virtual threads; by default a few hundred joins that wait would keep out all others. */
    private static final int MAX_ACTIVITIES = 10_000;

    /**
     * A workflow's task is work for a processor, and an answer to Temporal. More at a time than these make each of them late: a process
     * that had just started had two hundred at once, and some were taken for deadlocks.
     */
    private static final int MAX_WORKFLOW_TASKS = 8 * Runtime.getRuntime().availableProcessors();

    /** Half of what Temporal gives a workflow's task: a busy machine lets one wait for longer than the second that is usual. */
    private static final Duration DEADLOCK_TIMEOUT = Duration.ofSeconds(5);

    /** No activity is heard of more often; by default one is heard of only when most of its window has passed. */
    private static final Duration MAX_HEARTBEAT_THROTTLE = Duration.ofSeconds(2);

    private final JoinNamespace namespace;
    private final Supplier<WorkerFactory> factories;
    private final Thread supervisor;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final HeartbeatInterceptor heartbeats = new HeartbeatInterceptor();
    private @Nullable volatile String notReadyReason = "workers have not started";
    private @Nullable volatile WorkerFactory factory;
    /** The namespace that the factory polls. */
    private @Nullable String polledNamespaceId;

    /** @param interceptors what stands outside of everything else around workflows and activities */
    public Workers(
            TemporalClients temporal,
            String instance,
            List<Object> activities,
            HostActivities hostActivities,
            List<WorkerInterceptor> interceptors) {
        this.namespace = new JoinNamespace(temporal.namespace(), temporal::namespaceId, temporal::registerAttributes);
        this.factories = () -> factory(temporal, instance, activities, hostActivities, interceptors);
        this.supervisor = Thread.ofPlatform().name("workers-supervisor").unstarted(this::supervise);
    }

    /** Starts once Temporal is there; returns at once. */
    public void start() {
        supervisor.start();
    }

    /** Why joins do not run now, or null if they do; as the latest look left it, a moment ago. */
    public @Nullable String notReadyReason() {
        return notReadyReason;
    }

    /** Takes no new tasks, gives the running ones time to end, then interrupts them: Temporal hands them out again. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        supervisor.interrupt();
        supervisor.join(Duration.ofSeconds(2));
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

    private void supervise() {
        try {
            do {
                if (!SupervisedLoop.runIteration("looking at Temporal", this::checkTemporal)) {
                    notReadyReason = "workers cannot be looked after; the log says why";
                }
            } while (!stopping.await(CHECK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            LOG.debug("stopped while looking at Temporal");
        }
    }

    private void checkTemporal() {
        String found = namespace.notReadyReason();
        if (found == null) {
            found = poll(namespace.id());
        }
        if (stopping.getCount() > 0) {
            logChange(found);
            notReadyReason = found;
        }
    }

    /**
     * Nothing polls before the namespace is as joins need it. What polls goes on while it is away, ever more rarely, and
     * remembers its runs: so a namespace that was made anew gets workers that know of nothing.
     */
    private @Nullable String poll(String id) {
        if (id.equals(polledNamespaceId)) {
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
            polledNamespaceId = id;
            return null;
        } catch (StatusRuntimeException e) {
            return "workers cannot start: " + e.getStatus().getCode();
        }
    }

    private void logChange(@Nullable String found) {
        if (found == null && notReadyReason != null) {
            LOG.info("workers poll {}", TaskQueues.NODEJOIN);
        } else if (found != null && !found.equals(notReadyReason)) {
            LOG.warn("workers wait: {}", found);
        }
    }

    private WorkerFactory factory(
            TemporalClients temporal,
            String instance,
            List<Object> activities,
            HostActivities hostActivities,
            List<WorkerInterceptor> interceptors) {
        WorkerFactory factory = WorkerFactory.newInstance(
                temporal.workerClient(),
                WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(interceptors(interceptors))
                        .build());
        Worker joins = factory.newWorker(TaskQueues.NODEJOIN, options());
        NodeWorkflowRegistration.register(joins);
        joins.registerActivitiesImplementations(activities.toArray());
        factory.newWorker(TaskQueues.gateway(instance), options()).registerActivitiesImplementations(hostActivities);
        return factory;
    }

    /** The last one is the outermost. */
    private WorkerInterceptor[] interceptors(List<WorkerInterceptor> interceptors) {
        List<WorkerInterceptor> all = new ArrayList<>();
        all.add(new FailureBoundary());
        all.addAll(interceptors);
        all.add(heartbeats);
        return all.toArray(WorkerInterceptor[]::new);
    }

    private static WorkerOptions options() {
        return WorkerOptions.newBuilder()
                .setUsingVirtualThreads(true)
                .setMaxConcurrentWorkflowTaskPollers(4)
                .setMaxConcurrentWorkflowTaskExecutionSize(MAX_WORKFLOW_TASKS)
                .setDefaultDeadlockDetectionTimeout(DEADLOCK_TIMEOUT.toMillis())
                .setMaxConcurrentActivityTaskPollers(4)
                .setMaxConcurrentActivityExecutionSize(MAX_ACTIVITIES)
                .setMaxHeartbeatThrottleInterval(MAX_HEARTBEAT_THROTTLE)
                .build();
    }
}
