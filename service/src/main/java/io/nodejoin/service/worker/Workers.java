package io.nodejoin.service.worker;

import io.grpc.StatusRuntimeException;
import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.workflows.host.HostActivities;
import io.nodejoin.workflows.join.JoinAttributes;
import io.nodejoin.workflows.join.NodeJoinWorker;
import io.nodejoin.workflows.queue.TaskQueues;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of both queues. They wait for Temporal as long as it takes, and register the search attributes first. */
public final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long DRAIN_SECONDS = 15;
    private static final long RETRY_MILLIS = 1_000;
    private static final int REMIND_EVERY = 30;

    /** Activities mostly wait, on virtual threads; by default a few hundred joins that wait would keep out all others. */
    private static final int ACTIVITIES = 10_000;

    private final TemporalClients temporal;
    private final WorkerFactory factory;
    private final Thread starter;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable volatile String obstacle = "workers have not started";

    /** @param around what stands outside of everything else around workflows and activities */
    public Workers(
            TemporalClients temporal,
            String instance,
            List<Object> activities,
            HostActivities hostActivities,
            List<WorkerInterceptor> around) {
        this.temporal = temporal;
        this.factory = WorkerFactory.newInstance(
                temporal.patient(),
                WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(interceptors(around))
                        .build());
        Worker joins = factory.newWorker(TaskQueues.NODEJOIN, options());
        NodeJoinWorker.register(joins);
        joins.registerActivitiesImplementations(activities.toArray());
        factory.newWorker(TaskQueues.gateway(instance), options()).registerActivitiesImplementations(hostActivities);
        this.starter = Thread.ofPlatform().name("workers-start").unstarted(this::startWhenTemporalIsThere);
    }

    /** Starts once Temporal is there; returns at once. */
    public void start() {
        starter.start();
    }

    /** Why joins do not run now, or null if they do. Asks the server. */
    public @Nullable String obstacle() {
        if (obstacle != null) {
            return obstacle;
        }
        try {
            temporal.ping();
            return null;
        } catch (StatusRuntimeException e) {
            return "Temporal does not answer: " + e.getStatus().getCode();
        }
    }

    /** Takes no new tasks, gives the running ones time to end, then interrupts them: Temporal hands them out again. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        starter.interrupt();
        starter.join(Duration.ofSeconds(2));
        factory.shutdown();
        factory.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
        if (!factory.isTerminated()) {
            factory.shutdownNow();
            factory.awaitTermination(2, TimeUnit.SECONDS);
        }
    }

    private void startWhenTemporalIsThere() {
        try {
            for (int attempt = 0; !tryToStart(attempt); attempt++) {
                if (stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException _) {
            LOG.debug("stopped while waiting for Temporal");
        }
    }

    private boolean tryToStart(int attempt) {
        try {
            registerSearchAttributes();
            factory.start();
            obstacle = null;
            LOG.info("workers poll {}", TaskQueues.NODEJOIN);
            return true;
        } catch (StatusRuntimeException e) {
            String why = "Temporal is not there yet: " + e.getStatus().getCode()
                    + (e.getStatus().getDescription() == null
                            ? ""
                            : " " + e.getStatus().getDescription());
            if (attempt % REMIND_EVERY == 0) {
                LOG.warn("workers wait: {}", why);
            }
            obstacle = why;
            return false;
        }
    }

    /** Adding attributes that are there already changes nothing. */
    private void registerSearchAttributes() {
        AddSearchAttributesRequest.Builder request =
                AddSearchAttributesRequest.newBuilder().setNamespace(temporal.namespace());
        JoinAttributes.all()
                .forEach(attribute ->
                        request.putSearchAttributes(attribute.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        temporal.operator()
                .blockingStub()
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .addSearchAttributes(request.build());
    }

    /** The last one is the outermost. */
    private static WorkerInterceptor[] interceptors(List<WorkerInterceptor> around) {
        return Stream.concat(Stream.of(new FailureBoundary()), around.stream()).toArray(WorkerInterceptor[]::new);
    }

    private static WorkerOptions options() {
        return WorkerOptions.newBuilder()
                .setUsingVirtualThreads(true)
                .setMaxConcurrentWorkflowTaskPollers(4)
                .setMaxConcurrentActivityTaskPollers(4)
                .setMaxConcurrentActivityExecutionSize(ACTIVITIES)
                .build();
    }
}
