package io.nodejoin.service.intake;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.service.health.Readiness;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes the requests topic: each record is processed before its offset is committed, those for one node in order.
 * While Temporal or the dead-letter topic is unavailable for a record, its partition is {@link ConsumerLoop paused}, and
 * nothing is lost.
 */
public final class EventIntake implements Readiness.Probe {
    private static final Logger LOG = LoggerFactory.getLogger(EventIntake.class);
    static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final String topic;
    private final RecordProcessor processor;
    private final int maxConcurrent;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;
    private final IntakeHealth health;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("intake").factory());
    private @Nullable volatile Consumer<byte[], byte[]> activeConsumer;

    /**
     * @param maxConcurrent how many records are processed at the same time
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     * @param scheduler runs tasks by that clock
     */
    public EventIntake(
            Supplier<Consumer<byte[], byte[]>> consumers,
            String topic,
            RecordProcessor processor,
            int maxConcurrent,
            LongSupplier nanoTime,
            ScheduledExecutorService scheduler,
            MeterRegistry meters) {
        this.consumers = consumers;
        this.topic = topic;
        this.processor = processor;
        this.maxConcurrent = maxConcurrent;
        this.nanoTime = nanoTime;
        this.scheduler = scheduler;
        this.health = new IntakeHealth(nanoTime);
        Gauge.builder("nodejoin_intake_partitions_paused", health, IntakeHealth::waiting)
                .register(meters);
        Gauge.builder("nodejoin_intake_lag", health, IntakeHealth::lag).register(meters);
    }

    /** Starts to consume; does not block. */
    public void start() {
        thread.execute(this::run);
    }

    /** Returns why no records are processed, or null. */
    @Override
    public @Nullable String notReadyReason() {
        return health.notReadyReason();
    }

    /** Returns why some partitions are paused while others are processed, or null. */
    @Override
    public @Nullable String warning() {
        return health.warning();
    }

    /** Completes the records in hand, commits and leaves the group. */
    public void stop() throws InterruptedException {
        thread.shutdown();
        Consumer<byte[], byte[]> consumer = activeConsumer;
        if (consumer != null) {
            consumer.wakeup();
        }
        if (!thread.awaitTermination(8, TimeUnit.SECONDS)) {
            thread.shutdownNow();
        }
        health.stopped();
    }

    private void run() {
        try {
            if (!SupervisedLoop.runIteration("the intake", this::runConsumer)) {
                health.report(IntakeHealth.Report.blocked("a defect; the log says why"));
            }
        } catch (InterruptedException _) {
            LOG.warn("interrupted; records that are not committed will be read again");
        }
        if (isRunning()) {
            Future<?> _ =
                    scheduler.schedule(() -> thread.execute(this::run), RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void runConsumer() throws InterruptedException {
        try (Consumer<byte[], byte[]> consumer = consumers.get();
                ConsumerLoop loop =
                        new ConsumerLoop(consumer, processor, maxConcurrent, this::isRunning, health, nanoTime)) {
            activeConsumer = consumer;
            runLoop(loop);
        } catch (KafkaException e) {
            health.report(IntakeHealth.Report.blocked("Kafka: " + RootCause.message(e)));
        }
    }

    private void runLoop(ConsumerLoop loop) throws InterruptedException {
        try {
            loop.subscribe(topic);
            while (isRunning()) {
                loop.pollOnce();
            }
        } catch (WakeupException _) {
            LOG.debug("woken up to stop");
        } finally {
            loop.drain();
        }
    }

    private boolean isRunning() {
        return !thread.isShutdown();
    }
}
