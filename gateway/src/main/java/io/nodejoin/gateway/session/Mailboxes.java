package io.nodejoin.gateway.session;

import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.config.GatewayTimes;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The mailboxes of all agents that have come, or whose commands have come, to this replica. */
public final class Mailboxes {
    private static final Duration KEPT_IDLE = Duration.ofHours(1);

    private final Map<AgentIdentity, NodeMailbox> boxes = new ConcurrentHashMap<>();
    private final GatewayTimes times;
    private final LongSupplier nanoTime;

    public Mailboxes(GatewayTimes times, LongSupplier nanoTime) {
        this.times = times;
        this.nanoTime = nanoTime;
    }

    public NodeMailbox of(AgentIdentity agent) {
        return boxes.computeIfAbsent(agent, name -> new NodeMailbox(name, times, nanoTime));
    }

    /** The mailboxes of all agents of this node, of whichever join. */
    public List<NodeMailbox> at(NodeRef node) {
        return boxes.values().stream()
                .filter(box -> box.agent().node().equals(node))
                .toList();
    }

    int connected() {
        return Math.toIntExact(
                boxes.values().stream().filter(NodeMailbox::connected).count());
    }

    /** Forgets agents from which nothing has come for an hour. */
    public void sweep() {
        boxes.values().removeIf(box -> box.idle(KEPT_IDLE));
    }

    public void close() {
        boxes.values().forEach(NodeMailbox::close);
    }
}
