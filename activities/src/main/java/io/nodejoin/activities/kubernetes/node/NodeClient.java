package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.kubernetes.Conflicts;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.activities.kubernetes.PreconditionedDelete;
import io.nodejoin.activities.kubernetes.ResourceVersions;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Reads and writes the Nodes, node Leases and bound pods of one cluster. */
final class NodeClient {
    private static final String LEASES = "kube-node-lease";

    private final KubernetesClient client;

    NodeClient(KubernetesClient client) {
        this.client = client;
    }

    Optional<Node> get(NodeName name) {
        return Optional.ofNullable(client.nodes().withName(name.value()).get());
    }

    /**
     * Returns the later of the Node last seen and the watch's, which can lag behind; reads it if the watch has not the same one.
     */
    Optional<Node> latest(Optional<Node> seen, List<Node> watched, NodeName name) {
        return seen.flatMap(last -> watched.stream()
                        .filter(node -> node.getMetadata()
                                .getUid()
                                .equals(last.getMetadata().getUid()))
                        .findFirst()
                        .map(node -> ResourceVersions.ORDER.compare(node, last) > 0 ? node : last))
                .or(() -> get(name));
    }

    boolean hasPods(NodeName name) {
        return !client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", name.value())
                .list(new ListOptionsBuilder().withLimit(1L).build())
                .getItems()
                .isEmpty();
    }

    List<Pod> podsOn(NodeName name, String namespace) {
        return client.pods()
                .inNamespace(namespace)
                .withField("spec.nodeName", name.value())
                .list()
                .getItems();
    }

    /** Returns when the kubelet last renewed its Lease, if it has one and holds it under its own name. */
    Optional<Instant> leaseRenewedAt(NodeName name) {
        return heldLease(name).map(NodeClient::renewedAt);
    }

    /** As {@link #leaseRenewedAt(NodeName)}, if the Node with this UID owns the Lease. */
    Optional<Instant> leaseRenewedAt(NodeName name, String ownerUid) {
        return heldLease(name)
                .filter(lease -> lease.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> ownerUid.equals(owner.getUid())))
                .map(NodeClient::renewedAt);
    }

    private Optional<Lease> heldLease(NodeName name) {
        Lease lease = client.leases().inNamespace(LEASES).withName(name.value()).get();
        return Optional.ofNullable(lease)
                .filter(found -> found.getSpec() != null
                        && name.value().equals(found.getSpec().getHolderIdentity())
                        && found.getSpec().getRenewTime() != null);
    }

    private static Instant renewedAt(Lease lease) {
        return lease.getSpec().getRenewTime().toInstant();
    }

    /** Creates the Node. Returns empty if one of the name exists. */
    Optional<Node> create(Node node) {
        AtomicReference<Node> created = new AtomicReference<>();
        Conflicts.succeedsUnlessConflict(
                () -> created.set(client.nodes().resource(node).create()));
        return Optional.ofNullable(created.get());
    }

    /** Patches the Node. Returns it, or empty if it has changed or has been deleted since it was read. */
    Optional<Node> patch(NodeName name, String mergePatch) {
        PatchContext context = new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE)
                .withFieldManager(ManagedObjects.MANAGER)
                .build();
        AtomicReference<Node> patched = new AtomicReference<>();
        Conflicts.succeedsUnlessChanged(
                () -> patched.set(client.nodes().withName(name.value()).patch(context, mergePatch)));
        return Optional.ofNullable(patched.get());
    }

    /**
     * Deletes the Node if it still has this UID.
     *
     * @throws KubernetesClientException if a Node with this UID could not be deleted
     */
    void delete(NodeName name, String uid) {
        PreconditionedDelete.deleteByUid(client, "/api/v1/nodes/" + name, uid, () -> stillExists(name, uid));
    }

    private boolean stillExists(NodeName name, String uid) {
        return get(name)
                .map(Node::getMetadata)
                .filter(found -> found.getUid().equals(uid))
                .filter(found -> found.getDeletionTimestamp() == null)
                .isPresent();
    }
}
