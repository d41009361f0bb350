package io.nodejoin.testbed.demo;

import io.nodejoin.testbed.demo.OutcomeConsumer.ReceivedEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Records Nodejoin's events from this object's creation on, across broker restarts. Thread-safe. */
public final class OutcomeRecorder implements AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final List<ReceivedEvent> arrivals = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private volatile boolean closing;

    /** Starts at the end of the topic, which must exist. */
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

    /**
     * Returns the events so far, in the order of each key; throws if an event could not be parsed, since no later one
     * was recorded.
     */
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
