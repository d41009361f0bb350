package io.nodejoin.service.collector;

import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.activities.kubernetes.outbox.OpenJoins;
import io.nodejoin.activities.kubernetes.node.NodeRegister;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import io.nodejoin.service.worker.ClusterAdapters;

/** The nodes of a real cluster. */
final class ClusterGuardedNodes implements GuardedNodes {
    private final ClusterName cluster;
    private final ClusterAdapters adapters;
    private final NodeRegister register;
    private final ActingRight right;

    /** @param right of the janitor while it leads */
    ClusterGuardedNodes(ClusterName cluster, ClusterAdapters adapters, AuditLog audit, ActingRight right) {
        this.cluster = cluster;
        this.adapters = adapters;
        this.register = new NodeRegister(adapters.clients(), cluster, audit, right);
        this.right = right;
    }

    @Override
    public List<NameHold> held() {
        return register.held();
    }

    @Override
    public Map<NodeRef, Instant> renewed(Set<NodeRef> nodes) {
        return adapters.certificates().renewed(cluster, nodes);
    }

    @Override
    public void hold(NameHold hold) {
        adapters.nodes().hold(hold, right);
    }

    @Override
    public Set<NodeRef> joining() {
        return new OpenJoins(adapters.clients().client(cluster))
                .all(cluster, OpenJoin.Way.IN).stream()
                        .map(open -> new NodeRef(cluster, open.node()))
                        .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Optional<String> joined(NodeRef node) {
        return register.joined(node);
    }

    @Override
    public List<NodeIdentity> joined() {
        return register.joined();
    }

    @Override
    public Optional<String> present(NodeRef node) {
        return adapters.nodes().look(node).map(NodeState.Registered::uid);
    }

    @Override
    public Map<NodeRef, String> present() {
        return register.present();
    }

    @Override
    public Instant now() {
        return adapters.nodes().serverTime(cluster);
    }

    @Override
    public void remove(NodeIdentity node) {
        adapters.nodes().remove(node, right);
    }

    @Override
    public void release(NameHold hold) {
        register.release(hold);
    }

    @Override
    public void forget(NodeIdentity node) {
        register.forget(node);
    }
}
