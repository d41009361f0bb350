package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.Node;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.activities.kubernetes.ServerClocks;
import io.nodejoin.activities.kubernetes.WatchTriggers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.FreeNameRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeCreationResult;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.node.RegistrationRequest;
import io.nodejoin.workflows.node.ResetMarker;
import io.nodejoin.workflows.temporal.StepOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Watches and labels Nodes, and deletes by UID what a join has created. One shared informer per cluster wakes the
 * waits.
 */
public final class KubernetesNodeActivities implements NodeActivities, AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);
    /** Node Leases are not watched, since they change too often; a new kubelet creates its own within milliseconds. */
    private static final Duration LEASE_POLL_INTERVAL = Duration.ofMillis(100);

    /** Pods are not watched: the service may only list them. */
    private static final Duration POD_POLL_INTERVAL = Duration.ofSeconds(1);

    private final ClusterClients clients;
    private final AuditLog audit;
    private final ServerClocks clocks;
    private final NodeCreator creator;
    private final WatchTriggers<Node> triggers;

    public KubernetesNodeActivities(ClusterClients clients, AuditLog audit, ServerClocks clocks) {
        this.clients = clients;
        this.audit = audit;
        this.clocks = clocks;
        this.creator = new NodeCreator(clients, audit);
        this.triggers = new WatchTriggers<>(
                clients, client -> client.nodes(), node -> node.getMetadata().getName());
    }

    /** Starts to watch the cluster's Nodes, unless it does already. */
    public void startWatch(ClusterName cluster) {
        triggers.start(cluster);
    }

    @Override
    public NameAvailability checkName(NameCheckRequest request) {
        NodeRef ref = request.node();
        NodeClient nodeClient = nodeClient(ref);
        Optional<Node> found = nodeClient.get(ref.name());
        if (found.isEmpty()) {
            return freeOrQuarantined(nodeClient, ref);
        }
        Optional<JoiningNode> joining =
                JoiningNode.of(ref.cluster(), found.get()).filter(JoiningNode::joining);
        if (joining.isPresent()) {
            return joining.get().ref().joinId().equals(request.joinId())
                    ? freeOrQuarantined(nodeClient, ref)
                    : new NameAvailability.NodeRemaining("a Node named " + ref.name() + " of the unfinished join "
                            + joining.get().ref().joinId() + " exists");
        }
        return ManagedNode.inspect(
                found.get(),
                joinedNodeStore(ref).get(ref),
                request,
                nodeClient.leaseRenewedAt(ref.name()),
                clocks.now(ref.cluster()));
    }

    @Override
    public NodeCreationResult create(NodeCreation creation) {
        return creator.create(creation, ActivityFence.ofCurrentActivity());
    }

    @Override
    public void deleteCreated(CreatedNodeRef created) {
        creator.deleteCreated(created, ActivityFence.ofCurrentActivity());
    }

    /** Returns the Nodes that joins have created and no machine has registered with, as last seen by the watch. */
    public List<JoiningNode> joiningNodes(ClusterName cluster) {
        return triggers.cached(cluster).stream()
                .filter(JoiningNode::hasTaint)
                .flatMap(node -> JoiningNode.of(cluster, node).stream())
                .toList();
    }

    /** Returns whether this join has created the Node with this UID. */
    public boolean isCreatedBy(NodeIdentity node, JoinId join) {
        return nodeClient(node.ref())
                .get(node.ref().name())
                .flatMap(found -> JoiningNode.of(node.ref().cluster(), found))
                .filter(found ->
                        found.node().equals(node) && found.ref().joinId().equals(join))
                .isPresent();
    }

    @Override
    public NameAvailability freeName(FreeNameRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        Optional<NameAvailability.Taken> refused = deleteReplaced(request, fence);
        return refused.isPresent() ? refused.get() : awaitFree(request, fence);
    }

    /** Deletes the Node, if there is one. Returns why it may not be deleted. */
    private Optional<NameAvailability.Taken> deleteReplaced(FreeNameRequest request, ActivityFence fence) {
        NodeRef ref = request.node();
        NodeClient nodeClient = nodeClient(ref);
        try (var trigger = triggers.subscribe(ref.cluster(), ref.name().value())) {
            while (true) {
                Optional<Node> old = nodeClient.get(ref.name());
                if (old.isEmpty()) {
                    return Optional.empty();
                }
                switch (evaluateReplacement(old.get(), request, nodeClient)) {
                    case NodeReplacement.Result.Allowed _ -> {
                        delete(new NodeIdentity(ref, old.get().getMetadata().getUid()), fence);
                        return Optional.empty();
                    }
                    case NodeReplacement.Result.Refused(String detail) -> {
                        return Optional.of(new NameAvailability.Taken(detail));
                    }
                    case NodeReplacement.Result.NotSilent(String detail) -> {
                        Duration left = fence.timeUntil(request.deadline());
                        if (!left.isPositive()) {
                            return Optional.of(new NameAvailability.Taken(detail));
                        }
                        fence.heartbeatIfDue("waiting for the earlier Node " + ref.name() + " to be silent");
                        trigger.await(min(left, POLL_INTERVAL));
                    }
                }
            }
        }
    }

    private NodeReplacement.Result evaluateReplacement(Node old, FreeNameRequest request, NodeClient nodeClient) {
        NodeRef ref = request.node();
        return NodeReplacement.evaluate(
                old,
                joinedNodeStore(ref).get(ref).map(JoinedNodeStore.Entry::joined),
                request,
                nodeClient.leaseRenewedAt(ref.name()),
                clocks.now(ref.cluster()));
    }

    private NameAvailability awaitFree(FreeNameRequest request, ActivityFence fence) {
        NodeRef ref = request.node();
        NodeClient nodeClient = nodeClient(ref);
        try (var trigger = triggers.subscribe(ref.cluster(), ref.name().value())) {
            while (true) {
                NameAvailability state = nodeClient.get(ref.name()).isPresent()
                        ? new NameAvailability.Taken(
                                "a Node named " + ref.name() + " was created again after its deletion")
                        : freeOrQuarantined(nodeClient, ref);
                Duration left = fence.timeUntil(request.deadline());
                if (state instanceof NameAvailability.Free || !left.isPositive()) {
                    return state;
                }
                fence.heartbeatIfDue("waiting for the name " + ref.name() + " to be free");
                trigger.await(min(left, POLL_INTERVAL));
            }
        }
    }

    private NameAvailability freeOrQuarantined(NodeClient nodeClient, NodeRef node) {
        if (nodeClient.hasPods(node.name())) {
            return new NameAvailability.PodsRemaining("pods are bound to the name " + node.name());
        }
        Instant now = clocks.now(node.cluster());
        Optional<NameQuarantine> quarantine = quarantineStore(node)
                .get(node)
                .map(NameQuarantineStore.Entry::quarantine)
                .filter(held -> held.until().isAfter(now));
        return new NameAvailability.Free(now, quarantine.orElse(null));
    }

    @Override
    public NodeOwnership findOwner(NodeRef node) {
        NodeClient nodeClient = nodeClient(node);
        Optional<Node> found = nodeClient.get(node.name());
        if (found.isEmpty()) {
            return new NodeOwnership.Absent();
        }
        String uid = found.get().getMetadata().getUid();
        return joinedNodeStore(node)
                .get(node)
                .map(JoinedNodeStore.Entry::joined)
                .filter(joined -> joined.identity().uid().equals(uid))
                .<NodeOwnership>map(joined ->
                        new NodeOwnership.Managed(joined, isCordonedByOthers(found.get()), isAlive(nodeClient, node)))
                .orElseGet(() -> new NodeOwnership.Unmanaged(uid));
    }

    private boolean isAlive(NodeClient nodeClient, NodeRef node) {
        Instant silentSince = clocks.now(node.cluster()).minus(NodeReplacement.SILENCE);
        return nodeClient
                .leaseRenewedAt(node.name())
                .filter(at -> at.isAfter(silentSince))
                .isPresent();
    }

    /** Returns the machine that this join made Ready under the name, if it is recorded in the cluster. */
    public Optional<String> findMachineId(NodeRef node, JoinId join) {
        return joinedNodeStore(node)
                .get(node)
                .map(JoinedNodeStore.Entry::joined)
                .filter(joined -> joined.joinId().equals(join))
                .map(JoinedNode::machineId);
    }

    /** The next leave takes over the cordon of a leave that Temporal terminated. */
    private static boolean isCordonedByOthers(Node node) {
        return node.getSpec() != null
                && Boolean.TRUE.equals(node.getSpec().getUnschedulable())
                && !node.getMetadata().getAnnotations().containsKey(ManagedObjects.CORDONED_BY);
    }

    @Override
    public NodeState awaitRegistered(RegistrationRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        NodeRef ref = request.node();
        NodeClient nodeClient = nodeClient(ref);
        try (var trigger = triggers.subscribe(ref.cluster(), ref.name().value())) {
            Optional<Node> seen = nodeClient.get(ref.name());
            while (true) {
                Optional<NodeState> state = seen.flatMap(
                        node -> RegistrationRules.evaluate(node, request, () -> hasLease(nodeClient, request)));
                if (state.isPresent()) {
                    return awaitPromptReady(fence, request, state.get(), seen);
                }
                Duration left = fence.timeUntil(request.deadline());
                if (!left.isPositive()) {
                    return refused(ErrorCode.NODE_NOT_REGISTERED, registrationBlocker(ref, seen));
                }
                fence.heartbeatIfDue("waiting for Node " + ref.name());
                boolean onLease = seen.filter(node -> RegistrationRules.awaitsLease(node, request))
                        .isPresent();
                boolean changed = trigger.await(min(left, onLease ? LEASE_POLL_INTERVAL : POLL_INTERVAL));
                if (changed || !onLease) {
                    seen = changed ? nodeClient.latest(seen, trigger.cached(), ref.name()) : nodeClient.get(ref.name());
                }
            }
        }
    }

    /** A node that is not Ready promptly is registered all the same. */
    private NodeState awaitPromptReady(
            ActivityFence fence, RegistrationRequest request, NodeState state, Optional<Node> seen) {
        if (request.ready() == null || !(state instanceof NodeState.Registered registered)) {
            return state;
        }
        Instant now = request.deadline().minus(fence.timeUntil(request.deadline()));
        NodeState end = awaitReady(
                fence,
                request.readyRequest(registered.uid(), request.ready(), now.plus(StepOptions.PROMPT_READY)),
                seen);
        return end instanceof NodeState.Failed(Problem problem) && problem.code() == ErrorCode.NODE_NOT_READY
                ? registered
                : end;
    }

    /** The renewal carries the host's clock. */
    private static boolean hasLease(NodeClient nodeClient, RegistrationRequest request) {
        NodeName name = request.node().name();
        if (request.createdUid() == null) {
            return nodeClient.leaseRenewedAt(name).isPresent();
        }
        Instant renewedAfter = request.approvedAt().minus(NodeReadiness.MAX_SKEW);
        return nodeClient
                .leaseRenewedAt(name, request.createdUid())
                .filter(at -> at.isAfter(renewedAfter))
                .isPresent();
    }

    @Override
    public NodeState awaitReady(ReadyRequest request) {
        NodeRef ref = request.node().ref();
        return awaitReady(
                ActivityFence.ofCurrentActivity(), request, nodeClient(ref).get(ref.name()));
    }

    /** @param read the Node as it was last read */
    private NodeState awaitReady(ActivityFence fence, ReadyRequest request, Optional<Node> read) {
        NodeRef ref = request.node().ref();
        NodeClient nodeClient = nodeClient(ref);
        try (var trigger = triggers.subscribe(ref.cluster(), ref.name().value())) {
            Optional<Node> seen = nodeClient.latest(read, trigger.cached(), ref.name());
            while (true) {
                Optional<String> missing = missingLabelsAndTaints(request, seen);
                if (missing.isPresent()) {
                    seen = patch(fence, nodeClient, request, missing.get()).or(() -> nodeClient.get(ref.name()));
                }
                NodeReadiness.Evaluation readiness =
                        checkDaemonSetGates(nodeClient, request, NodeReadiness.evaluate(seen, request));
                Duration left = fence.timeUntil(request.deadline());
                Optional<NodeState> state = resultOf(request, readiness, missing.isEmpty(), left);
                if (state.isPresent()) {
                    return state.get();
                }
                fence.heartbeatIfDue("waiting for Node " + ref.name() + " to be Ready");
                if (missing.isEmpty()) {
                    boolean onPods = !ReadyGate.daemonSets(request.readyGates()).isEmpty();
                    boolean changed = trigger.await(min(left, onPods ? POD_POLL_INTERVAL : POLL_INTERVAL));
                    seen = changed ? nodeClient.latest(seen, trigger.cached(), ref.name()) : nodeClient.get(ref.name());
                }
            }
        }
    }

    @Override
    public void quarantineName(NameQuarantine quarantine) {
        quarantineName(quarantine, ActivityFence.ofCurrentActivity());
    }

    /** As {@link #quarantineName(NameQuarantine)}, with another effect guard. */
    public void quarantineName(NameQuarantine quarantine, EffectGuard guard) {
        NameQuarantineStore store = quarantineStore(quarantine.node());
        Optional<NameQuarantineStore.Entry> earlier = store.get(quarantine.node());
        NameQuarantine both =
                earlier.map(entry -> quarantine.mergeWith(entry.quarantine())).orElse(quarantine);
        if (NameQuarantineStore.contains(earlier, both)) {
            return;
        }
        guard.recordEffect(
                new AuditEntry(
                        quarantine.node().cluster(),
                        quarantine.joinId().value(),
                        "node.quarantine-name",
                        NameQuarantineStore.resourceName(quarantine.node())),
                audit);
        store.put(earlier, both);
    }

    /** The name hardly ever has a record, so the first call is the creation. */
    @Override
    public void recordJoined(JoinedNode node) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        JoinedNodeStore store = joinedNodeStore(node.identity().ref());
        recordJoined(fence, node);
        if (!store.create(node)) {
            store.replace(node, () -> recordJoined(fence, node));
        }
    }

    private void recordJoined(ActivityFence fence, JoinedNode node) {
        NodeRef ref = node.identity().ref();
        fence.recordEffect(
                new AuditEntry(
                        ref.cluster(), node.joinId().value(), "node.record-joined", JoinedNodeStore.resourceName(ref)),
                audit);
    }

    @Override
    public void markReset(ResetMarker mark) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        NodeRef ref = mark.node();
        JoinedNodeStore store = joinedNodeStore(ref);
        if (store.lacksResetMark(ref)) {
            fence.recordEffect(
                    new AuditEntry(
                            ref.cluster(), mark.joinId().value(), "node.mark-reset", JoinedNodeStore.resourceName(ref)),
                    audit);
            store.markReset(mark);
        }
    }

    @Override
    public void delete(NodeIdentity node) {
        delete(node, ActivityFence.ofCurrentActivity());
    }

    void delete(NodeIdentity node, EffectGuard guard) {
        recordEffect(guard, node.ref(), "node.delete", node.uid());
        nodeClient(node.ref()).delete(node.ref().name(), node.uid());
        joinedNodeStore(node.ref()).delete(node);
    }

    /** Returns the current Node of this name, read from the API server. */
    public Optional<NodeState.Registered> findNode(NodeRef node) {
        return nodeClient(node)
                .get(node.name())
                .map(Node::getMetadata)
                .map(found -> new NodeState.Registered(found.getUid(), Instant.parse(found.getCreationTimestamp())));
    }

    /** Returns the time of the API server's clock. */
    public Instant serverTime(ClusterName cluster) {
        return clocks.now(cluster);
    }

    /** Stops the watches. */
    @Override
    public void close() {
        triggers.close();
    }

    /** Returns the patch that sets what is missing of the requested labels and taints; empty if nothing is. */
    private static Optional<String> missingLabelsAndTaints(ReadyRequest request, Optional<Node> seen) {
        return seen.filter(
                        node -> request.node().uid().equals(node.getMetadata().getUid()))
                .flatMap(node -> NodePatch.build(node, request));
    }

    private Optional<Node> patch(ActivityFence fence, NodeClient nodeClient, ReadyRequest request, String patch) {
        NodeRef ref = request.node().ref();
        recordEffect(fence, ref, "node.label", request.node().uid());
        return PolicyRefusals.named(() -> nodeClient.patch(ref.name(), patch));
    }

    private static Optional<NodeState> resultOf(
            ReadyRequest request, NodeReadiness.Evaluation readiness, boolean labelled, Duration left) {
        return switch (readiness) {
            case NodeReadiness.Evaluation.Mismatch mismatch -> Optional.of(new NodeState.Failed(mismatch.problem()));
            case NodeReadiness.Evaluation.Ready ready
            when labelled -> Optional.of(new NodeState.Ready(request.node().uid(), ready.since()));
            case NodeReadiness.Evaluation.Ready _ -> timedOut(left, "its labels and taints could not be set");
            case NodeReadiness.Evaluation.NotReady notReady -> timedOut(left, notReady.reason());
        };
    }

    private static Optional<NodeState> timedOut(Duration left, String blocker) {
        return left.isPositive()
                ? Optional.empty()
                : Optional.of(refused(ErrorCode.NODE_NOT_READY, "blocked by: " + blocker));
    }

    private static String registrationBlocker(NodeRef ref, Optional<Node> seen) {
        return seen.isPresent()
                ? "Node " + ref.name() + " exists, but its kubelet neither reported a status nor renewed its Lease"
                : "no Node named " + ref.name() + " appeared";
    }

    /** A Node that is Ready may still wait for the pods of DaemonSets. */
    private static NodeReadiness.Evaluation checkDaemonSetGates(
            NodeClient nodeClient, ReadyRequest request, NodeReadiness.Evaluation readiness) {
        return switch (readiness) {
            case NodeReadiness.Evaluation.Ready _ ->
                ReadyGate.daemonSets(request.readyGates()).stream()
                        .flatMap(gate ->
                                gate
                                        .findBlocker(nodeClient.podsOn(
                                                request.node().ref().name(), gate.namespace()))
                                        .stream())
                        .findFirst()
                        .<NodeReadiness.Evaluation>map(NodeReadiness.Evaluation.NotReady::new)
                        .orElse(readiness);
            case NodeReadiness.Evaluation.NotReady _, NodeReadiness.Evaluation.Mismatch _ -> readiness;
        };
    }

    private static NodeState refused(ErrorCode code, String detail) {
        return new NodeState.Failed(new Problem(code, detail));
    }

    private void recordEffect(EffectGuard guard, NodeRef ref, String action, String uid) {
        guard.recordEffect(
                new AuditEntry(
                        ref.cluster(),
                        NodeJoinWorkflow.workflowId(ref.cluster(), ref.name()),
                        action,
                        "nodes/" + ref.name() + "#" + uid),
                audit);
    }

    private NameQuarantineStore quarantineStore(NodeRef node) {
        return new NameQuarantineStore(node.cluster(), clients.client(node.cluster()));
    }

    private JoinedNodeStore joinedNodeStore(NodeRef node) {
        return new JoinedNodeStore(node.cluster(), clients.client(node.cluster()));
    }

    private NodeClient nodeClient(NodeRef node) {
        return new NodeClient(clients.client(node.cluster()));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
