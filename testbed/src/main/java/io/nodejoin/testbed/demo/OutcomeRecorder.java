package io.nodejoin.testbed.demo;

import io.nodejoin.testbed.demo.OutcomeConsumer.ReceivedEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Nodejoin's events from this object's creation on, kept as they come, across deaths of the broker. For many threads. */
public final class OutcomeRecorder implements AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final List<ReceivedEvent> arrivals = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private volatile boolean closing;

    /** Begins at the end of the topic, which must exist. */
    public OutcomeRecorder(String bootstrapServers) {
        OutcomeConsumer consumer = new OutcomeConsumer(bootstrapServers);
        reader = Thread.ofPlatform().name("outcomes").daemon().start(() -> read(consumer));
    }

    private void read(OutcomeConsumer consumer) {
        try (consumer) {
            while (!closing) {
                arrivals.addAll(consumer.poll(POLL_INTERVAL));
            }
        }
    }

    /** What has come so far, in the order of each key; fails if an event could not be read, for no later one is here then. */
    public Stream<ReceivedEvent> received() {
        if (!closing && !reader.isAlive()) {
            throw new IllegalStateException("Nodejoin's events are read no more: its thread has said why");
        }
        return arrivals.stream();
    }

    @Override
    public void close() {
        closing = true;
        try {
            reader.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
