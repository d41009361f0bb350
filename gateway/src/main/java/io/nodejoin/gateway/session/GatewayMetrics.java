package io.nodejoin.gateway.session;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The metrics of one gateway replica. */
public final class GatewayMetrics {
    private final MeterRegistry registry;

    public GatewayMetrics(MeterRegistry registry, AgentSessions sessions) {
        this.registry = registry;
        Gauge.builder("nodejoin_gateway_agents_connected", sessions, AgentSessions::countConnected)
                .description("Agents that are connected to this replica")
                .register(registry);
    }

    /** Counts an enrollment response. */
    public void enrollment(String result) {
        registry.counter("nodejoin_gateway_enrollments_total", "result", result).increment();
    }

    /** Counts a rejoin response. */
    public void rejoin(String result) {
        registry.counter("nodejoin_gateway_rejoins_total", "result", result).increment();
    }

    /** Counts a renewal response. */
    public void renewal(String result) {
        registry.counter("nodejoin_gateway_renewals_total", "result", result).increment();
    }

    /** Counts a completed execution of an assignment. */
    void assignment(String verb, String result) {
        registry.counter("nodejoin_gateway_assignments_total", "verb", verb, "result", result)
                .increment();
    }

    /** Counts a rejected second agent with the same identity. */
    public void duplicateSession() {
        registry.counter("nodejoin_gateway_duplicate_sessions_total").increment();
    }
}
