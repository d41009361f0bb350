package io.nodejoin.service.wiring;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.kafka.KafkaSettings;
import io.nodejoin.client.temporal.TemporalClients;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.metrics.MeterRegistries;
import io.nodejoin.service.tracing.Tracing;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What connects every process of the service, whatever its roles, to others.
 *
 * @param kafka creates the clients that a role needs
 */
public record Connections(
        PrometheusMeterRegistry meters, TemporalClients temporal, KafkaClients kafka, Tracing tracing) {

    /**
     * Opens them. Each connects by itself once its server is available.
     *
     * @param environment may name a collector of traces
     * @throws ConfigException if it cannot be used
     */
    public static Connections open(
            ServiceConfig config, EffectInterceptors interceptors, Map<String, String> environment)
            throws ConfigException {
        Tracing tracing = Tracing.of(environment, config.gateway().instance());
        PrometheusMeterRegistry meters = MeterRegistries.create();
        List<WorkflowClientInterceptor> clients = new ArrayList<>(tracing.clients());
        clients.addAll(interceptors.clients());
        return new Connections(
                meters,
                new TemporalClients(TemporalEndpoint.of(config.temporal()), meters, clients),
                new KafkaClients(config.kafka(), new KafkaSettings(config.kafka()), tracing, interceptors),
                tracing);
    }

    void close() throws Exception {
        tracing.close();
        temporal.close();
    }
}
