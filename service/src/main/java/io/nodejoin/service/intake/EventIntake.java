package io.nodejoin.service.intake;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.service.health.Readiness;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
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
 * Consumes the requests topic: each record is processed, in order, before its offset is committed. While Temporal or
 * the dead-letter topic is unavailable for a record, its partition is {@link ConsumerLoop paused}, and nothing is lost.
 */
public final class EventIntake implements Readiness.Probe {
    private static final Logger LOG = LoggerFactory.getLogger(EventIntake.class);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final String topic;
    private final RecordProcessor processor;
    private final LongSupplier nanoTime;
    private final IntakeHealth health;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable volatile Consumer<byte[], byte[]> activeConsumer;

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public EventIntake(
            Supplier<Consumer<byte[], byte[]>> consumers,
            String topic,
            RecordProcessor processor,
            LongSupplier nanoTime,
            MeterRegistry meters) {
        this.consumers = consumers;
        this.topic = topic;
        this.processor = processor;
        this.nanoTime = nanoTime;
        this.health = new IntakeHealth(nanoTime);
        this.thread = Thread.ofPlatform().name("intake").unstarted(this::run);
        Gauge.builder("nodejoin_intake_partitions_paused", health, IntakeHealth::waiting)
                .description("partitions that are paused before a record that cannot be processed")
                .register(meters);
    }

    /** Starts to consume; does not block. */
    public void start() {
        thread.start();
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

    /** Completes the current record, commits and leaves the group. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        Consumer<byte[], byte[]> consumer = activeConsumer;
        if (consumer != null) {
            consumer.wakeup();
        }
        if (thread.isAlive() && !thread.join(Duration.ofSeconds(8))) {
            thread.interrupt();
        }
    }

    private void run() {
        try {
            while (isRunning()) {
                if (!SupervisedLoop.runIteration("the intake", this::runConsumer)) {
                    reportBlocked("a defect; the log says why");
                }
            }
        } catch (InterruptedException _) {
            LOG.warn("interrupted; records that are not committed will be read again");
        }
        health.stopped();
    }

    private void runConsumer() throws InterruptedException {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            activeConsumer = consumer;
            ConsumerLoop loop = new ConsumerLoop(consumer, processor, this::isRunning, health, nanoTime);
            loop.subscribe(topic);
            while (isRunning()) {
                loop.pollOnce();
            }
        } catch (WakeupException _) {
            LOG.debug("woken up to stop");
        } catch (KafkaException e) {
            reportBlocked("Kafka: " + RootCause.message(e));
        }
    }

    private void reportBlocked(String obstacle) throws InterruptedException {
        health.report(IntakeHealth.Report.blocked(obstacle));
        if (stopping.await(RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("stopped while waiting");
        }
    }

    private boolean isRunning() {
        return stopping.getCount() > 0;
    }
}
