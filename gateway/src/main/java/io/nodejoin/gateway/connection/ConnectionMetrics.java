package io.nodejoin.gateway.connection;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;

/** What is open, and what was not let finish. */
public final class ConnectionMetrics {
    private final MeterRegistry registry;

    public ConnectionMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void anonymous(IntSupplier open) {
        Gauge.builder("nodejoin_gateway_anonymous_connections", open::getAsInt).register(registry);
    }

    void closed(Closure reason) {
        registry.counter("nodejoin_gateway_closed_connections", "reason", reason.label())
                .increment();
    }
}
