package io.nodejoin.activities.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes events as CloudEvents in binary mode, with a record key that keeps a node's events in order. */
public final class KafkaEventActivities implements EventActivities, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private static final Duration CLOSE = Duration.ofSeconds(3);

    private final Producer<String, CloudEvent> producer;
    private final String topic;

    /** Connects in the background; an unavailable broker shows at {@link #publish}. */
    public KafkaEventActivities(ProducerSettings settings, String topic) {
        this(new KafkaProducer<>(settings.properties()), topic);
    }

    KafkaEventActivities(Producer<String, CloudEvent> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    @Override
    public void publish(OutcomeEvent event) {
        String key = event.cluster() + "/" + event.node();
        try {
            producer.send(new ProducerRecord<>(topic, key, cloudEvent(event))).get();
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ActivityFence.shuttingDown();
        }
    }

    /**
     * Does not wait for pending sends, so that an unavailable broker does not delay the shutdown: the activity is
     * retried elsewhere.
     */
    @Override
    public void close() {
        producer.close(CLOSE);
    }

    private static CloudEvent cloudEvent(OutcomeEvent event) {
        try {
            return CloudEventBuilder.v1()
                    .withId(event.id())
                    .withSource(URI.create("/nodejoin/" + event.cluster()))
                    .withType(LifecycleEventType.of(event.event()).cloudEventType())
                    .withTime(event.time().atOffset(ZoneOffset.UTC))
                    .withData("application/json", JSON.writeValueAsBytes(event.event()))
                    .build();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the event cannot be written as JSON", e);
        }
    }
}
