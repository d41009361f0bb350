package io.nodejoin.testbed.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.cloudevents.CloudEvent;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.service.kafka.EventRecords;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes requests as a fleet autoscaler does: CloudEvents in binary mode. */
public final class JoinRequestProducer implements AutoCloseable {
    private static final String TOPIC = "nodejoin.requests.v1";
    /** The CloudEvents source of every request from here. */
    public static final String SOURCE = "/testbed/autoscaler";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final KafkaProducer<String, byte[]> producer;

    /** Connects in the background; an unavailable broker shows at {@link #send}. */
    public JoinRequestProducer(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", "0"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** Sends a request under a new id and returns when it was handed over. */
    public Instant send(LifecycleEvent.Request request, String key) {
        return send(request, key, UUID.randomUUID().toString());
    }

    /** Sends a request under this id: the same id again is the same event. */
    public Instant send(LifecycleEvent.Request request, String key, String id) {
        return send(request, key, id, Instant.now());
    }

    /** Sends a request with this id and time, and returns the time. */
    public Instant send(LifecycleEvent.Request request, String key, String id, Instant made) {
        try {
            return send(
                    LifecycleEventType.of(request).cloudEventType(), JSON.writeValueAsBytes(request), key, id, made);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the request cannot be written as JSON", e);
        }
    }

    /** Sends an event as it is, in binary mode. */
    public void send(CloudEvent event, String key) {
        ProducerRecord<byte[], byte[]> bytes = EventRecords.toRecord(TOPIC, null, event);
        deliver(new ProducerRecord<>(TOPIC, null, key, bytes.value(), bytes.headers()));
    }

    /** Sends any bytes as the data of an event of this type. */
    public Instant send(String type, byte[] data, String key, String id) {
        return send(type, data, key, id, Instant.now());
    }

    private Instant send(String type, byte[] data, String key, String id, Instant made) {
        ProducerRecord<String, byte[]> event = new ProducerRecord<>(TOPIC, key, data);
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        id,
                        "ce_source",
                        SOURCE,
                        "ce_type",
                        type,
                        "ce_time",
                        made.toString(),
                        "content-type",
                        "application/json")
                .forEach((name, value) -> event.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        deliver(event);
        return made;
    }

    private void deliver(ProducerRecord<String, byte[]> event) {
        try {
            producer.send(event).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending a request", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka did not take the request: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
