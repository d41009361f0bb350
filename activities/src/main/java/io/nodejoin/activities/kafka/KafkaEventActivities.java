package io.nodejoin.activities.kafka;

import io.nodejoin.activities.ActivityFence;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Publishes events as CloudEvents in binary mode, with a record key that keeps a node's events in order. */
public final class KafkaEventActivities implements EventActivities, AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(3);

    private final Producer<byte[], byte[]> producer;
    private final String topic;

    public KafkaEventActivities(Producer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    @Override
    public void publish(List<OutcomeEvent> events) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try {
            for (OutcomeEvent event : events) {
                Future<RecordMetadata> result = producer.send(toRecord(event));
                if (result.isDone()) {
                    // If the broker was not reached, the next event would wait as long, and must not overtake this one.
                    result.get();
                }
                sent.add(result);
            }
            for (Future<RecordMetadata> result : sent) {
                result.get();
            }
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ActivityFence.shuttingDown();
        }
    }

    private ProducerRecord<byte[], byte[]> toRecord(OutcomeEvent event) {
        byte[] key = (event.cluster() + "/" + event.node()).getBytes(StandardCharsets.UTF_8);
        URI source = URI.create("/nodejoin/" + event.cluster());
        return EventRecords.toRecord(topic, key, event.id(), source, event.time(), event.event());
    }

    /**
     * Does not wait for pending sends, so that an unavailable broker does not delay the shutdown: the activity is
     * retried elsewhere.
     */
    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
