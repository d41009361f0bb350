package io.nodejoin.service.worker;

import io.grpc.StatusRuntimeException;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.client.config.TemporalDeployment;
import io.nodejoin.client.temporal.CurrentVersion;
import io.nodejoin.client.temporal.TemporalClients;
import io.nodejoin.protocol.Problem;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of the task queues of this process. Waits for Temporal and the namespace, at start and after an outage. */
public final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long DRAIN_SECONDS = 15;
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    /**
     * Activities mostly wait, on virtual threads; with the default limit a few hundred waiting joins would block all
     * others.
     */
    private static final int MAX_ACTIVITIES = 10_000;

    /**
     * A workflow task needs a processor, and a response to Temporal. More concurrent tasks delay each of them: a
     * freshly started process had two hundred at once, and some were reported as deadlocks.
     */
    public static final int MAX_WORKFLOW_TASKS = 8 * Runtime.getRuntime().availableProcessors();

    /**
     * Half of Temporal's workflow task timeout: on a busy machine a task may take longer than the default of one
     * second.
     */
    private static final Duration DEADLOCK_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Under load a workflow task may wait for longer than the default of five seconds; after that it would move to the queue
     * that the SDK polls last, and wait there behind all others. Tasks of a worker that has died wait as long.
     */
    private static final Duration STICKY_TASK_TIMEOUT = Duration.ofSeconds(30);

    /** Maximum heartbeat interval; by default heartbeats are throttled to most of the heartbeat timeout. */
    private static final Duration MAX_HEARTBEAT_THROTTLE = Duration.ofSeconds(2);

    private final Supplier<Optional<Problem>> credentialsProblem;
    private final JoinNamespace namespace;
    private final Supplier<WorkerFactory> factories;
    private final String queueNames;
    private final @Nullable GatewayPresence gatewayPresence;
    private final @Nullable CurrentVersion currentVersion;
    private final ScheduledExecutorService scheduler;
    private final ExecutorService supervisor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("workers-supervisor").factory());
    private @Nullable volatile String notReadyReason = "workers have not started";
    private @Nullable volatile WorkerFactory factory;
    /** The namespace that the factory polls. */
    private @Nullable String polledNamespaceId;

    /**
     * @param queues those that it polls; without any it only waits for the namespace
     * @param gatewayInstance the gateway replica that this process is; absent if it is none
     * @param interceptors the interceptors of workflows and activities; the last one is the outermost
     */
    public Workers(
            TemporalClients temporal,
            List<PolledQueue> queues,
            @Nullable String gatewayInstance,
            List<WorkerInterceptor> interceptors,
            ScheduledExecutorService scheduler) {
        this.credentialsProblem = temporal::credentialsProblem;
        this.namespace = new JoinNamespace(temporal.endpoint(), temporal::namespaceId, temporal::registerAttributes);
        this.factories = () -> factory(temporal, queues, interceptors);
        this.queueNames = queues.stream().map(PolledQueue::taskQueue).collect(Collectors.joining(", "));
        this.gatewayPresence =
                gatewayInstance == null ? null : new GatewayPresence(temporal.failFastClient(), gatewayInstance);
        this.currentVersion = queues.stream().anyMatch(PolledQueue::versioned)
                ? temporal.currentVersion().orElse(null)
                : null;
        this.scheduler = scheduler;
    }

    /** Starts once Temporal is available; does not block. */
    public void start() {
        supervisor.execute(this::supervise);
    }

    /** Returns why joins do not run, or null if they do, from the latest check. */
    public @Nullable String notReadyReason() {
        return notReadyReason;
    }

    /** Takes no new tasks, waits for the running ones, then interrupts them: Temporal reschedules them. */
    public void stop() throws InterruptedException {
        supervisor.shutdownNow();
        boolean _ = supervisor.awaitTermination(2, TimeUnit.SECONDS);
        WorkerFactory running = factory;
        if (running != null) {
            drain(running);
        }
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
        if (!SupervisedLoop.runIteration("checking Temporal", this::checkTemporal)) {
            notReadyReason = "workers cannot be checked; see the log";
        }
        if (!supervisor.isShutdown()) {
            Future<?> _ = scheduler.schedule(
                    () -> supervisor.execute(this::supervise), CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void checkTemporal() {
        Optional<Problem> problem = credentialsProblem.get();
        // Files that cannot be used leave those in use that were read before them, so Temporal is asked in any case.
        Optional<Problem> unusable = namespace.problem();
        String unpolled = unusable.isEmpty() ? poll(namespace.id()) : null;
        if (gatewayPresence != null && unusable.isEmpty() && unpolled == null) {
            gatewayPresence.ensure();
        }
        Optional<Problem> unversioned = currentVersion != null && unusable.isEmpty() && unpolled == null
                ? currentVersion.problem()
                : Optional.empty();
        String found = problem.or(() -> unusable)
                .or(() -> unversioned)
                .map(Problem::toLine)
                .orElse(unpolled);
        if (!supervisor.isShutdown()) {
            logChange(found);
            notReadyReason = found;
        }
    }

    /**
     * Workers do not poll before the namespace is ready. While it is unavailable they back off and keep their cached
     * runs, so a recreated namespace gets new workers.
     */
    private @Nullable String poll(String id) {
        if (queueNames.isEmpty() || id.equals(polledNamespaceId)) {
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
            if (gatewayPresence != null) {
                gatewayPresence.reset();
            }
            return null;
        } catch (StatusRuntimeException e) {
            return "workers cannot start: " + e.getStatus().getCode();
        }
    }

    private void logChange(@Nullable String found) {
        if (found == null && notReadyReason != null) {
            LOG.info("Temporal is ready; polled queues: {}", queueNames.isEmpty() ? "none" : queueNames);
        } else if (found != null && !found.equals(notReadyReason)) {
            LOG.warn("workers wait: {}", found);
        }
    }

    private static WorkerFactory factory(
            TemporalClients temporal, List<PolledQueue> queues, List<WorkerInterceptor> interceptors) {
        WorkerFactory factory = WorkerFactory.newInstance(
                temporal.workerClient(),
                WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(interceptors.toArray(WorkerInterceptor[]::new))
                        .build());
        TemporalDeployment deployment = temporal.endpoint().config().deployment();
        for (PolledQueue queue : queues) {
            queue.registration().accept(factory.newWorker(queue.taskQueue(), options(queue, deployment)));
        }
        return factory;
    }

    private static WorkerOptions options(PolledQueue queue, @Nullable TemporalDeployment deployment) {
        WorkerOptions.Builder options = WorkerOptions.newBuilder();
        if (deployment != null && queue.versioned()) {
            options.setDeploymentOptions(WorkerDeploymentOptions.newBuilder()
                    .setUseVersioning(true)
                    .setVersion(new WorkerDeploymentVersion(deployment.name(), deployment.buildId()))
                    .setDefaultVersioningBehavior(VersioningBehavior.PINNED)
                    .build());
        }
        return options.setUsingVirtualThreads(true)
                .setMaxConcurrentWorkflowTaskPollers(4)
                .setMaxConcurrentWorkflowTaskExecutionSize(MAX_WORKFLOW_TASKS)
                .setStickyQueueScheduleToStartTimeout(STICKY_TASK_TIMEOUT)
                .setDefaultDeadlockDetectionTimeout(DEADLOCK_TIMEOUT.toMillis())
                .setMaxConcurrentActivityTaskPollers(4)
                .setMaxConcurrentActivityExecutionSize(MAX_ACTIVITIES)
                .setMaxHeartbeatThrottleInterval(MAX_HEARTBEAT_THROTTLE)
                .build();
    }
}
