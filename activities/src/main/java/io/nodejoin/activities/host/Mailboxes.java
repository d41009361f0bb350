package io.nodejoin.activities.host;

import io.nodejoin.protocol.agent.Assignment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The mailboxes of all nodes whose agents or commands have come to this replica. */
final class Mailboxes {
    private static final Duration KEPT_IDLE = Duration.ofHours(1);

    private final Map<AgentIdentity, NodeMailbox> boxes = new ConcurrentHashMap<>();
    private final Map<String, AgentIdentity> owners = new ConcurrentHashMap<>();
    private final GatewayTimes times;
    private final LongSupplier nanoTime;

    Mailboxes(GatewayTimes times, LongSupplier nanoTime) {
        this.times = times;
        this.nanoTime = nanoTime;
    }

    NodeMailbox of(AgentIdentity agent) {
        return boxes.computeIfAbsent(agent, name -> new NodeMailbox(name, times, nanoTime));
    }

    Optional<NodeMailbox> existing(AgentIdentity agent) {
        return Optional.ofNullable(boxes.get(agent));
    }

    Delivery offer(AgentIdentity agent, Assignment assignment) {
        owners.put(assignment.id(), agent);
        return of(agent).offer(assignment);
    }

    /** Whether the assignment is known to be another node's. */
    boolean foreign(AgentIdentity agent, String assignmentId) {
        return !agent.equals(owners.getOrDefault(assignmentId, agent));
    }

    int connected() {
        return Math.toIntExact(
                boxes.values().stream().filter(NodeMailbox::connected).count());
    }

    /** Forgets nodes from which nothing has come for an hour. */
    void sweep() {
        if (boxes.values().removeIf(box -> box.idle(KEPT_IDLE))) {
            owners.values().removeIf(agent -> !boxes.containsKey(agent));
        }
    }

    void close() {
        boxes.values().forEach(NodeMailbox::close);
    }
}
