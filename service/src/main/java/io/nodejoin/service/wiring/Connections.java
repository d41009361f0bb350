package io.nodejoin.service.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.activities.kafka.KafkaEventActivities;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.KubeconfigClients;
import io.nodejoin.activities.kubernetes.VerifiedClusterClients;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.service.config.ConfigException;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.kafka.KafkaSettings;
import io.nodejoin.service.metrics.MeterRegistries;
import io.nodejoin.service.temporal.TemporalEndpoint;
import io.nodejoin.service.tracing.Tracing;
import io.nodejoin.service.worker.TemporalClients;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The clients of all external systems. Each connects by itself once its server is available.
 *
 * @param consumers of requests, in the group of all replicas
 * @param readers consumers without a group
 */
public record Connections(
        PrometheusMeterRegistry meters,
        TemporalClients temporal,
        ClusterClients clusters,
        KafkaEventActivities events,
        Producer<byte[], byte[]> deadLetters,
        Supplier<Consumer<byte[], byte[]>> consumers,
        Supplier<Consumer<byte[], byte[]>> readers,
        Admin kafkaAdmin,
        Tracing tracing) {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    /**
     * Opens all clients.
     *
     * @param environment may name a collector of traces
     * @throws ConfigException if a setting of a client cannot be used
     */
    public static Connections open(
            ServiceConfig config, EffectInterceptors interceptors, Map<String, String> environment)
            throws ConfigException {
        Tracing tracing = Tracing.of(environment, config.gateway().instance());
        KafkaSettings kafka = new KafkaSettings(config.kafka());
        Map<String, Object> consumer = kafka.consumer();
        Map<String, Object> reader = kafka.reader();
        PrometheusMeterRegistry meters = MeterRegistries.create();
        List<WorkflowClientInterceptor> clients = new ArrayList<>(tracing.clients());
        clients.addAll(interceptors.clients());
        return new Connections(
                meters,
                new TemporalClients(TemporalEndpoint.of(config.temporal()), meters, clients),
                clusters(config, meters),
                new KafkaEventActivities(
                        kafkaProducer(tracing.producer(kafka.eventProducer())),
                        config.kafka().eventsTopic()),
                interceptors.deadLetters().apply(kafkaProducer(tracing.producer(kafka.producer()))),
                () -> interceptors
                        .requests()
                        .apply(new KafkaConsumer<>(consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer())),
                () -> new KafkaConsumer<>(reader, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                Admin.create(kafka.common()),
                tracing);
    }

    private static Producer<byte[], byte[]> kafkaProducer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static ClusterClients clusters(ServiceConfig config, MeterRegistry meters) {
        Map<ClusterName, String> uids = new HashMap<>();
        config.clusters().forEach((name, cluster) -> {
            if (cluster.uid() != null) {
                uids.put(name, cluster.uid().toString());
            }
        });
        return new VerifiedClusterClients(
                new KubeconfigClients(
                        config.clusters().entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey,
                                        entry -> entry.getValue().kubeconfigFile())),
                        (cluster, status) -> meters.counter(
                                        "nodejoin_api_responses", "cluster", cluster.value(), "status", status)
                                .increment()),
                uids);
    }

    void closeProducers() {
        events.close();
        deadLetters.close(CLOSE_TIMEOUT);
        kafkaAdmin.close(CLOSE_TIMEOUT);
    }

    void closeClients() throws Exception {
        tracing.close();
        temporal.close();
        clusters.close();
    }
}
