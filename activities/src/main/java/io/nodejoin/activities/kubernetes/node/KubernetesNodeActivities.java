package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.OwnObjects;
import io.nodejoin.activities.kubernetes.ResourceHints;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NameOrder;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwner;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyOrder;
import io.nodejoin.workflows.node.RegistrationOrder;
import io.nodejoin.workflows.node.ReplaceOrder;
import io.nodejoin.workflows.node.ResetMark;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Watches and labels Nodes, and removes by UID what a join has made. One shared watch per cluster wakes the waits. */
public final class KubernetesNodeActivities implements NodeActivities, AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(5);
    /** Node Leases are not watched, they change too often; a new kubelet makes its own within milliseconds. */
    private static final Duration LEASE_POLL = Duration.ofMillis(100);

    /** Pods are not watched: the service may only list them. */
    private static final Duration POD_POLL = Duration.ofSeconds(1);

    private final ClusterClients clients;
    private final AuditLog audit;
    private final ResourceHints<Node> hints;

    public KubernetesNodeActivities(ClusterClients clients, AuditLog audit) {
        this.clients = clients;
        this.audit = audit;
        this.hints = new ResourceHints<>(
                clients, client -> client.nodes(), node -> node.getMetadata().getName());
    }

    @Override
    public NameState inspect(NameOrder order) {
        NodeRef ref = order.node();
        NodeObjects nodes = nodes(ref);
        Optional<Node> found = nodes.read(ref.node());
        return found.isPresent()
                ? OwnNode.of(
                        found.get(), joinedNodes(ref).of(ref), order, nodes.renewedAt(ref.node()), nodes.serverTime())
                : unoccupied(nodes, ref);
    }

    @Override
    public NameState replace(ReplaceOrder order) {
        ActivityLease lease = ActivityLease.begin();
        NodeRef ref = order.node();
        NodeObjects nodes = nodes(ref);
        Optional<Node> old = nodes.read(ref.node());
        if (old.isPresent()) {
            if (!OwnNode.isOf(old.get(), order.machineId(), order.systemUuid())) {
                return new NameState.Taken("the Node " + ref.node() + " that exists is of another machine than "
                        + order.machineId() + " (systemUUID " + order.systemUuid() + ")");
            }
            remove(new NodeIdentity(ref, old.get().getMetadata().getUid()), lease);
        }
        try (var hint = hints.on(ref.cluster(), ref.node().value())) {
            while (true) {
                NameState state = nodes.read(ref.node()).isPresent()
                        ? new NameState.Taken("a Node named " + ref.node() + " came back after its removal")
                        : unoccupied(nodes, ref);
                Duration left = lease.left(order.deadline());
                if (state instanceof NameState.Free || !left.isPositive()) {
                    return state;
                }
                lease.pulse("waiting for the name " + ref.node() + " to be free");
                hint.await(shorter(left, POLL));
            }
        }
    }

    private NameState unoccupied(NodeObjects nodes, NodeRef node) {
        if (nodes.hasPods(node.node())) {
            return new NameState.PodsLeft("pods are bound to the name " + node.node());
        }
        Instant now = nodes.serverTime();
        Optional<NameHold> hold = holds(node)
                .of(node)
                .map(NameHolds.Entry::hold)
                .filter(held -> held.until().isAfter(now));
        return new NameState.Free(now, hold.orElse(null));
    }

    @Override
    public NodeOwner owner(NodeRef node) {
        Optional<Node> found = nodes(node).read(node.node());
        if (found.isEmpty()) {
            return new NodeOwner.Nobody();
        }
        String uid = found.get().getMetadata().getUid();
        return joinedNodes(node)
                .of(node)
                .map(NodeNote::joined)
                .filter(joined -> joined.node().uid().equals(uid))
                .<NodeOwner>map(joined -> new NodeOwner.Ours(joined, isCordonedByOthers(found.get())))
                .orElseGet(() -> new NodeOwner.Foreign(uid));
    }

    /** The machine that this join has brought to Ready under the name, if the cluster has noted that. */
    public Optional<String> machine(NodeRef node, JoinId join) {
        return joinedNodes(node)
                .of(node)
                .map(NodeNote::joined)
                .filter(joined -> joined.joinId().equals(join))
                .map(JoinedNode::machineId);
    }

    /** The cordon of a leave that Temporal ended belongs to the next leave. */
    private static boolean isCordonedByOthers(Node node) {
        return node.getSpec() != null
                && Boolean.TRUE.equals(node.getSpec().getUnschedulable())
                && !node.getMetadata().getAnnotations().containsKey(OwnObjects.CORDONED_BY);
    }

    @Override
    public NodeState awaitRegistered(RegistrationOrder order) {
        ActivityLease lease = ActivityLease.begin();
        NodeRef ref = order.node();
        NodeObjects nodes = nodes(ref);
        try (var hint = hints.on(ref.cluster(), ref.node().value())) {
            Optional<Node> seen = nodes.read(ref.node());
            while (true) {
                Optional<NodeState> state = seen.flatMap(node -> RegistrationRules.judge(
                        node, order, () -> nodes.renewedAt(ref.node()).isPresent()));
                if (state.isPresent()) {
                    return state.get();
                }
                Duration left = lease.left(order.deadline());
                if (!left.isPositive()) {
                    return refused(ErrorCode.NODE_NOT_REGISTERED, registrationBlocker(ref, seen));
                }
                lease.pulse("waiting for Node " + ref.node());
                hint.await(shorter(left, seen.isPresent() ? LEASE_POLL : POLL));
                seen = nodes.read(ref.node());
            }
        }
    }

    @Override
    public NodeState awaitReady(ReadyOrder order) {
        ActivityLease lease = ActivityLease.begin();
        NodeRef ref = order.node().node();
        NodeObjects nodes = nodes(ref);
        try (var hint = hints.on(ref.cluster(), ref.node().value())) {
            Optional<Node> seen = nodes.read(ref.node());
            while (true) {
                boolean labelled = label(lease, nodes, order, seen);
                ReadyRules.Look look = gated(nodes, order, ReadyRules.look(seen, order));
                Duration left = lease.left(order.deadline());
                Optional<NodeState> state = state(order, look, labelled, left);
                if (state.isPresent()) {
                    return state.get();
                }
                lease.pulse("waiting for Node " + ref.node() + " to be Ready");
                if (labelled) {
                    boolean onPods = !ReadyGate.daemonSets(order.readyGates()).isEmpty();
                    hint.await(shorter(left, onPods ? POD_POLL : POLL));
                }
                seen = nodes.read(ref.node());
            }
        }
    }

    @Override
    public void hold(NameHold hold) {
        hold(hold, ActivityLease.begin());
    }

    /** The same on behalf of somebody who is not its join. */
    public void hold(NameHold hold, ActingRight right) {
        NameHolds holds = holds(hold.node());
        Optional<NameHolds.Entry> earlier = holds.of(hold.node());
        NameHold both = earlier.map(entry -> hold.and(entry.hold())).orElse(hold);
        if (earlier.filter(entry -> both.equals(entry.hold())).isPresent()) {
            return;
        }
        right.beforeEffect(
                new AuditEntry(
                        hold.node().cluster(), hold.joinId().value(), "node.hold", NameHolds.object(hold.node())),
                audit);
        holds.put(earlier, both);
    }

    @Override
    public void remember(JoinedNode node) {
        ActivityLease lease = ActivityLease.begin();
        NodeRef ref = node.node().node();
        JoinedNodes notes = joinedNodes(ref);
        if (notes.of(ref).filter(new NodeNote(node, null)::equals).isPresent()) {
            return;
        }
        lease.beforeEffect(
                new AuditEntry(ref.cluster(), node.joinId().value(), "node.remember", JoinedNodes.object(ref)), audit);
        notes.put(node);
    }

    @Override
    public void markReset(ResetMark mark) {
        ActivityLease lease = ActivityLease.begin();
        NodeRef ref = mark.node();
        JoinedNodes notes = joinedNodes(ref);
        if (notes.isUnmarked(ref)) {
            lease.beforeEffect(
                    new AuditEntry(ref.cluster(), mark.joinId().value(), "node.mark-reset", JoinedNodes.object(ref)),
                    audit);
            notes.mark(mark);
        }
    }

    @Override
    public void remove(NodeIdentity node) {
        remove(node, ActivityLease.begin());
    }

    /** The same on behalf of somebody who is not the join. */
    public void remove(NodeIdentity node, ActingRight right) {
        before(right, node.node(), "node.remove", node.uid());
        nodes(node.node()).delete(node.node().node(), node.uid());
        joinedNodes(node.node()).strike(node);
    }

    /** The Node of this name as the API server has it now. */
    public Optional<NodeState.Registered> look(NodeRef node) {
        return nodes(node)
                .read(node.node())
                .map(Node::getMetadata)
                .map(found -> new NodeState.Registered(found.getUid(), Instant.parse(found.getCreationTimestamp())));
    }

    /** The API server's clock. */
    public Instant serverTime(ClusterName cluster) {
        return new NodeObjects(clients.client(cluster)).serverTime();
    }

    /** Ends the watches. */
    @Override
    public void close() {
        hints.close();
    }

    /** Brings labels and taints up to the order; true if nothing is missing. */
    private boolean label(ActivityLease lease, NodeObjects nodes, ReadyOrder order, Optional<Node> seen) {
        Optional<String> patch = seen.filter(
                        node -> order.node().uid().equals(node.getMetadata().getUid()))
                .flatMap(node -> NodePatch.of(node, order));
        if (patch.isEmpty()) {
            return true;
        }
        before(lease, order.node().node(), "node.label", order.node().uid());
        try {
            nodes.patch(order.node().node().node(), patch.get());
        } catch (KubernetesClientException e) {
            throw refusedByPolicy(e)
                    ? Failures.of(
                            FailureType.FORBIDDEN,
                            new Problem(
                                    ErrorCode.LABEL_NOT_ALLOWED, e.getStatus().getMessage()))
                    : e;
        }
        return false;
    }

    /** A right that is missing is refused with the same status, but by nobody's policy. */
    private static boolean refusedByPolicy(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                && e.getStatus() != null
                && e.getStatus().getMessage().contains("ValidatingAdmissionPolicy");
    }

    private static Optional<NodeState> state(ReadyOrder order, ReadyRules.Look look, boolean labelled, Duration left) {
        return switch (look) {
            case ReadyRules.Look.Wrong wrong -> Optional.of(new NodeState.Refused(wrong.problem()));
            case ReadyRules.Look.Ready ready
            when labelled -> Optional.of(new NodeState.Ready(order.node().uid(), ready.since()));
            case ReadyRules.Look.Ready _ -> late(left, "its labels and taints could not be set");
            case ReadyRules.Look.Blocked blocked -> late(left, blocked.by());
        };
    }

    private static Optional<NodeState> late(Duration left, String blocker) {
        return left.isPositive()
                ? Optional.empty()
                : Optional.of(refused(ErrorCode.NODE_NOT_READY, "blocked by: " + blocker));
    }

    private static String registrationBlocker(NodeRef ref, Optional<Node> seen) {
        return seen.isPresent()
                ? "Node " + ref.node() + " exists, but its kubelet neither reported a status nor renewed its Lease"
                : "no Node named " + ref.node() + " appeared";
    }

    /** What is Ready by its Node alone may still wait for the pods of DaemonSets. */
    private static ReadyRules.Look gated(NodeObjects nodes, ReadyOrder order, ReadyRules.Look look) {
        return switch (look) {
            case ReadyRules.Look.Ready _ ->
                ReadyGate.daemonSets(order.readyGates()).stream()
                        .flatMap(gate ->
                                gate.blocker(nodes.podsOn(order.node().node().node(), gate.namespace())).stream())
                        .findFirst()
                        .<ReadyRules.Look>map(ReadyRules.Look.Blocked::new)
                        .orElse(look);
            case ReadyRules.Look.Blocked _, ReadyRules.Look.Wrong _ -> look;
        };
    }

    private static NodeState refused(ErrorCode code, String detail) {
        return new NodeState.Refused(new Problem(code, detail));
    }

    private void before(ActingRight right, NodeRef ref, String action, String uid) {
        right.beforeEffect(
                new AuditEntry(
                        ref.cluster(),
                        NodeJoinWorkflow.id(ref.cluster(), ref.node()),
                        action,
                        "nodes/" + ref.node() + "#" + uid),
                audit);
    }

    private NameHolds holds(NodeRef node) {
        return new NameHolds(node.cluster(), clients.client(node.cluster()));
    }

    private JoinedNodes joinedNodes(NodeRef node) {
        return new JoinedNodes(node.cluster(), clients.client(node.cluster()));
    }

    private NodeObjects nodes(NodeRef node) {
        return new NodeObjects(clients.client(node.cluster()));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
