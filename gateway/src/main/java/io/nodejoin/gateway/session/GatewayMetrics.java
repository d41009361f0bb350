package io.nodejoin.gateway.session;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.function.Supplier;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;

/** The metrics of one gateway replica. */
public final class GatewayMetrics {
    private final MeterRegistry registry;

    public GatewayMetrics(MeterRegistry registry, AgentSessions sessions) {
        this.registry = registry;
        Gauge.builder("nodejoin_gateway_agents_connected", sessions, AgentSessions::countConnected)
                .register(registry);
    }

    /** Reports when a certificate ends. */
    public void certificate(String name, Supplier<Instant> notAfter) {
        Gauge.builder("nodejoin_certificate_expiry", () ->
                        (double) notAfter.get().getEpochSecond())
                .tag("certificate", name)
                .register(registry);
    }

    /** Reports how many machines of pools wait at this replica. */
    public void machinesWaiting(Supplier<Number> count) {
        Gauge.builder("nodejoin_gateway_machines_waiting", count).register(registry);
    }

    /** Returns a listener that counts TLS handshakes. */
    public SslHandshakeListener handshakes() {
        return new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event event) {
                count("succeeded");
            }

            @Override
            public void handshakeFailed(Event event, Throwable failure) {
                count("failed");
            }

            private void count(String result) {
                registry.counter("nodejoin_gateway_handshakes", "result", result)
                        .increment();
            }
        };
    }

    /** Counts an enrollment response. */
    public void enrollment(String result) {
        registry.counter("nodejoin_gateway_enrollments", "result", result).increment();
    }

    /** Counts a rejoin response. */
    public void rejoin(String result) {
        registry.counter("nodejoin_gateway_rejoins", "result", result).increment();
    }

    /** Counts a renewal response. */
    public void renewal(String result) {
        registry.counter("nodejoin_gateway_renewals", "result", result).increment();
    }

    /** Counts a completed execution of an assignment. */
    void assignment(String verb, String result) {
        registry.counter("nodejoin_gateway_assignments", "verb", verb, "result", result)
                .increment();
    }

    /** Counts a rejected second agent with the same identity. */
    public void duplicateSession() {
        registry.counter("nodejoin_gateway_duplicate_sessions").increment();
    }
}
