package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.Node;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeCreationResult;
import java.util.Optional;

/**
 * Creates Nodes before their kubelets start. The Node names the attempt that created it, so that it is recognised after
 * a lost response, and found by the garbage collector after the loss of the workflow.
 */
final class NodeCreator {
    private final ClusterClients clients;
    private final AuditLog audit;

    NodeCreator(ClusterClients clients, AuditLog audit) {
        this.clients = clients;
        this.audit = audit;
    }

    NodeCreationResult create(NodeCreation creation, ActivityFence fence) {
        CreatedNodeRef ref = creation.ref();
        NodeClient nodeClient = nodeClient(ref);
        recordEffect(fence, ref, "node.create");
        Optional<Node> created =
                PolicyRefusals.named(() -> nodeClient.create(JoiningNode.build(creation, fence.workflowRun())));
        return created.isPresent()
                ? new NodeCreationResult.Created(created.get().getMetadata().getUid())
                : adopt(nodeClient, ref, fence);
    }

    private NodeCreationResult adopt(NodeClient nodeClient, CreatedNodeRef ref, ActivityFence fence) {
        Optional<Node> found = nodeClient.get(ref.node().name());
        Optional<JoiningNode> own = found.flatMap(
                        node -> JoiningNode.of(ref.node().cluster(), node))
                .filter(JoiningNode::joining)
                .filter(node -> node.ref().joinId().equals(ref.joinId()));
        if (found.isPresent() && own.isEmpty()) {
            return new NodeCreationResult.NameTaken("a Node named " + ref.node().name() + " exists");
        }
        if (own.isPresent() && own.get().isOf(ref, fence.workflowRun())) {
            return new NodeCreationResult.Created(own.get().node().uid());
        }
        own.ifPresent(earlier -> delete(nodeClient, earlier, fence));
        throw Failures.of(
                FailureType.CONFLICT,
                new Problem(
                        ErrorCode.OBJECT_CONFLICT,
                        "the Node " + ref.node().name() + " of an earlier attempt was deleted at the same time"));
    }

    void deleteCreated(CreatedNodeRef ref, EffectGuard guard) {
        NodeClient nodeClient = nodeClient(ref);
        nodeClient
                .get(ref.node().name())
                .flatMap(node -> JoiningNode.of(ref.node().cluster(), node))
                .filter(node -> node.ref().equals(ref))
                .ifPresent(node -> delete(nodeClient, node, guard));
    }

    private void delete(NodeClient nodeClient, JoiningNode node, EffectGuard guard) {
        recordEffect(guard, node.ref(), "node.delete");
        nodeClient.delete(node.ref().node().name(), node.node().uid());
    }

    private void recordEffect(EffectGuard guard, CreatedNodeRef ref, String action) {
        guard.recordEffect(
                new AuditEntry(
                        ref.node().cluster(),
                        ref.joinId().value(),
                        action,
                        "nodes/" + ref.node().name()),
                audit);
    }

    private NodeClient nodeClient(CreatedNodeRef ref) {
        return new NodeClient(clients.client(ref.node().cluster()));
    }
}
