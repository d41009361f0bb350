package io.nodejoin.visibility.event;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread with a consumer of its own, and with another one after a pause if Kafka fails, until its reading is done. */
final class ReadingThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingThread.class);

    private final String name;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Duration retryDelay;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable Consumer<byte[], byte[]>> current = new AtomicReference<>();

    /** @param consumers makes a consumer without a group */
    ReadingThread(String name, Supplier<Consumer<byte[], byte[]>> consumers, Duration retryDelay) {
        this.name = name;
        this.consumers = consumers;
        this.retryDelay = retryDelay;
    }

    /** What is done with a consumer. */
    @FunctionalInterface
    interface Reading {
        /** Returns when there is nothing more to read, or soon after {@link ReadingThread#isStopped}. */
        void read(Consumer<byte[], byte[]> consumer);
    }

    /** @param onFailure is told why the reading starts over */
    void start(Reading reading, java.util.function.Consumer<KafkaException> onFailure) {
        Thread _ = Thread.ofVirtual().name(name).start(() -> run(reading, onFailure));
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Does not wait for the end of the reading. */
    @Override
    public void close() {
        stopped.countDown();
        Consumer<byte[], byte[]> open = current.get();
        if (open != null) {
            open.wakeup();
        }
    }

    private void run(Reading reading, java.util.function.Consumer<KafkaException> onFailure) {
        while (!isStopped()) {
            try (Consumer<byte[], byte[]> consumer = consumers.get()) {
                current.set(consumer);
                reading.read(consumer);
                return;
            } catch (WakeupException _) {
                return;
            } catch (KafkaException e) {
                LOG.atDebug().setCause(e).addKeyValue("reader", name).log("Kafka is not read");
                onFailure.accept(e);
                awaitRetry();
            } finally {
                current.set(null);
            }
        }
    }

    private void awaitRetry() {
        try {
            boolean _ = stopped.await(retryDelay.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            stopped.countDown();
        }
    }
}
