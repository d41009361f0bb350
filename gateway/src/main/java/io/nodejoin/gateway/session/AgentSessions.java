package io.nodejoin.gateway.session;

import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/** The sessions of all agents that have polled, or have been sent commands, at this replica. */
public final class AgentSessions {
    private static final Duration MAX_IDLE = Duration.ofHours(1);

    private final Map<AgentIdentity, AgentSession> sessions = new ConcurrentHashMap<>();
    private final GatewayTimeouts timeouts;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;

    public AgentSessions(GatewayTimeouts timeouts, LongSupplier nanoTime, ScheduledExecutorService scheduler) {
        this.timeouts = timeouts;
        this.nanoTime = nanoTime;
        this.scheduler = scheduler;
    }

    public AgentSession session(AgentIdentity agent) {
        return sessions.computeIfAbsent(agent, name -> new AgentSession(name, timeouts, nanoTime, scheduler));
    }

    /** Returns the sessions of this node's agents, of all its joins. */
    public List<AgentSession> sessionsOf(NodeRef node) {
        return sessions.values().stream()
                .filter(session -> session.agent().node().equals(node))
                .toList();
    }

    /** Returns the session of this agent; empty if it has never polled here, nor been sent a command. */
    public Optional<AgentSession> find(AgentIdentity agent) {
        return Optional.ofNullable(sessions.get(agent));
    }

    /** Returns all sessions. */
    public Collection<AgentSession> all() {
        return List.copyOf(sessions.values());
    }

    /** Returns whether any agent is connected. */
    public boolean isAnyConnected() {
        return sessions.values().stream().anyMatch(AgentSession::isConnected);
    }

    int countConnected() {
        return Math.toIntExact(
                sessions.values().stream().filter(AgentSession::isConnected).count());
    }

    /** Removes sessions without a request for an hour, and lines of hosts' logs that nobody reads. */
    public void removeIdle() {
        sessions.values().forEach(AgentSession::dropUnreadLog);
        sessions.values().removeIf(session -> session.isIdle(MAX_IDLE));
    }

    public void close() {
        sessions.values().forEach(AgentSession::close);
    }
}
