package io.nodejoin.service.collector;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.outbox.OutcomeOutbox;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.client.kubernetes.ClusterAdapters;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The orphans of a real cluster, read with the adapters of its activities. */
final class KubernetesOrphans implements ClusterOrphans {
    private final ClusterName cluster;
    private final ClusterAdapters adapters;
    private final AuditLog audit;

    KubernetesOrphans(ClusterName cluster, ClusterAdapters adapters, AuditLog audit) {
        this.cluster = cluster;
        this.adapters = adapters;
        this.audit = audit;
    }

    @Override
    public List<OrphanedJoin> list() {
        KubernetesClient client = adapters.clients().client(cluster);
        return OrphanedJoin.groupByJoin(
                new OutcomeOutbox(client).list(cluster),
                new TokenLedger(client).list(cluster),
                adapters.nodes().joiningNodes(cluster));
    }

    @Override
    public Instant now() {
        return adapters.nodes().serverTime(cluster);
    }

    @Override
    public Optional<NodeState.Registered> findNode(NodeRef node) {
        return adapters.nodes().findNode(node);
    }

    @Override
    public boolean isNodeOf(OrphanedJoin orphan, NodeState.Registered node) {
        return adapters.nodes().isCreatedBy(new NodeIdentity(orphan.nodeRef(), node.uid()), orphan.joinId())
                || adapters.certificates().isNodeOfJoin(orphan.nodeRef(), node, orphan.joinId(), orphan.tokenIds());
    }

    @Override
    public Optional<String> findReadyNode(OrphanedJoin orphan) {
        return adapters.nodes().findOwner(orphan.nodeRef()) instanceof NodeOwnership.Managed ours
                        && ours.joinedNode().joinId().equals(orphan.joinId())
                ? Optional.of(ours.joinedNode().identity().uid())
                : Optional.empty();
    }

    @Override
    public Optional<String> findMachineId(OrphanedJoin orphan) {
        return adapters.nodes().findMachineId(orphan.nodeRef(), orphan.joinId());
    }

    @Override
    public void deleteExpiredToken(TokenLedger.Entry entry) {
        adapters.tokens().deleteExpired(entry);
    }

    @Override
    public void delete(PendingOutcome published) {
        ActivityFence.ofCurrentActivity()
                .recordEffect(
                        new AuditEntry(
                                cluster,
                                published.joinId().value(),
                                "outcome.delete",
                                OutcomeOutbox.resourceName(published)),
                        audit);
        new OutcomeOutbox(adapters.clients().client(cluster)).delete(published);
    }
}
