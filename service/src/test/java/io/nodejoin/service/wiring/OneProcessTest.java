package io.nodejoin.service.wiring;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.temporal.TemporalClients;
import io.nodejoin.client.temporal.TemporalEndpoint;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Temporal, Kafka, Kubernetes and Micrometer clients wish for different versions of the same libraries. */
class OneProcessTest {
    @Test
    void shouldHoldAllClientLibrariesAtOnce() {
        // given
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // when, then
        assertThatCode(() -> {
                    try (TemporalClients temporal = new TemporalClients(
                                    TemporalEndpoint.of(TemporalConfig.withDefaults("127.0.0.1:1")), meters);
                            var kubernetes = new KubernetesClientBuilder()
                                    .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                                            .withMasterUrl("https://127.0.0.1:1")
                                            .build())
                                    .build();
                            var kafka = new KafkaProducer<>(
                                    Map.of("bootstrap.servers", "127.0.0.1:1"),
                                    new ByteArraySerializer(),
                                    new ByteArraySerializer())) {
                        temporal.failFastClient();
                        kubernetes.pods();
                        kafka.metrics();
                    }
                })
                .doesNotThrowAnyException();
    }
}
