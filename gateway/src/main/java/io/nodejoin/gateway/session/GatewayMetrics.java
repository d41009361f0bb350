package io.nodejoin.gateway.session;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The numbers of one gateway replica. */
public final class GatewayMetrics {
    private final MeterRegistry registry;

    public GatewayMetrics(MeterRegistry registry, AgentSessions sessions) {
        this.registry = registry;
        Gauge.builder("nodejoin_gateway_agents_connected", sessions, AgentSessions::countConnected)
                .description("Agents that hold a session with this replica")
                .register(registry);
    }

    /** One enrollment request has been answered. */
    public void enrollment(String result) {
        registry.counter("nodejoin_gateway_enrollments_total", "result", result).increment();
    }

    /** One request of a machine that wants to come back has been answered. */
    public void rejoin(String result) {
        registry.counter("nodejoin_gateway_rejoins_total", "result", result).increment();
    }

    /** One renewal request has been answered. */
    public void renewal(String result) {
        registry.counter("nodejoin_gateway_renewals_total", "result", result).increment();
    }

    /** One execution of an assignment has ended. */
    void assignment(String verb, String result) {
        registry.counter("nodejoin_gateway_assignments_total", "verb", verb, "result", result)
                .increment();
    }

    /** A second live agent under one identity was turned away. */
    public void duplicateSession() {
        registry.counter("nodejoin_gateway_duplicate_sessions_total").increment();
    }
}
