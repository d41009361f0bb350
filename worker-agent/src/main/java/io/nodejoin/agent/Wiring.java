package io.nodejoin.agent;

import io.nodejoin.agent.host.HostParts;

/** Builds an agent from its configuration and the parts of its host. */
public final class Wiring {
    private final AgentConfig config;
    private final HostParts host;

    /** Starts nothing. */
    public Wiring(AgentConfig config, HostParts host) {
        this.config = config;
        this.host = host;
    }

    /** A new agent, not yet started. */
    public Agent agent() {
        return new Agent();
    }

    @Override
    public String toString() {
        return "Wiring[" + config.node() + ", " + host.clock() + "]";
    }
}
