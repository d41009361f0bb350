package io.nodejoin.gateway.connection;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;

/** What is open, and what was not let finish. */
public final class ConnectionMetrics {
    private final MeterRegistry registry;
    private final String prefix;

    /** @param server the part of their names that tells whose connections they are */
    public ConnectionMetrics(MeterRegistry registry, String server) {
        this.registry = registry;
        this.prefix = "nodejoin_" + server;
    }

    void anonymous(IntSupplier open) {
        Gauge.builder(prefix + "_anonymous_connections", open::getAsInt).register(registry);
    }

    void closed(Closure reason) {
        registry.counter(prefix + "_closed_connections", "reason", reason.label())
                .increment();
    }
}
