package io.nodejoin.service.wiring;

import io.nodejoin.activities.kafka.KafkaEventActivities;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.kafka.KafkaSettings;
import io.nodejoin.service.tracing.Tracing;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Creates the clients of Kafka; each connects by itself once a broker is available. Its caller closes what it creates. */
record KafkaClients(KafkaConfig config, KafkaSettings settings, Tracing tracing, EffectInterceptors interceptors) {

    /** Creates the publisher of events. */
    KafkaEventActivities events() throws ConfigException {
        return new KafkaEventActivities(producer(tracing.producer(settings.eventProducer())), config.eventsTopic());
    }

    /** Creates the producer of dead letters and of repeated requests. */
    Producer<byte[], byte[]> deadLetters() throws ConfigException {
        return interceptors.deadLetters().apply(producer(tracing.producer(settings.producer())));
    }

    /** Creates a supplier of consumers of requests, in the group of all replicas. */
    Supplier<Consumer<byte[], byte[]>> consumers() throws ConfigException {
        Map<String, Object> consumer = settings.consumer();
        return () -> interceptors.requests().apply(consumer(consumer));
    }

    /** Creates a supplier of consumers without a group. */
    Supplier<Consumer<byte[], byte[]>> readers() throws ConfigException {
        Map<String, Object> reader = settings.reader();
        return () -> consumer(reader);
    }

    Admin admin() throws ConfigException {
        return Admin.create(settings.common());
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
