package io.nodejoin.gateway.connection;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;

/** What is open, and what was not let finish. */
public final class ConnectionMetrics {
    private final MeterRegistry registry;
    private final String prefix;
    private final String open;

    /**
     * @param server the part of their names that tells whose connections they are
     * @param open the name of the open ones without a certificate
     */
    public ConnectionMetrics(MeterRegistry registry, String server, String open) {
        this.registry = registry;
        this.prefix = "nodejoin_" + server;
        this.open = open;
    }

    void anonymous(IntSupplier count) {
        Gauge.builder(prefix + "_" + open, count::getAsInt).register(registry);
    }

    void closed(Closure reason) {
        registry.counter(prefix + "_closed_connections", "reason", reason.label())
                .increment();
    }
}
