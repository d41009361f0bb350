package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A Node that a join created before its kubelet's start, as its annotations say. A taint marks it until the machine has
 * registered: a kubelet may change the annotations of its own Node, but no taint.
 *
 * @param run the workflow run that created it
 * @param joining whether it still has the taint
 */
public record JoiningNode(NodeIdentity node, CreatedNodeRef ref, WorkflowRun run, boolean joining) {
    /** The key of the taint. */
    static final String TAINT = "nodejoin.io/joining";

    private static final String NO_SCHEDULE = "NoSchedule";
    private static final String JOIN = ManagedObjects.JOIN_ID;
    private static final String ATTEMPT = "nodejoin.io/attempt";
    private static final String NAMESPACE = "nodejoin.io/temporal-namespace";
    private static final String RUN = "nodejoin.io/temporal-run";

    /** Returns the Node to create. */
    static Node build(NodeCreation creation, WorkflowRun run) {
        CreatedNodeRef ref = creation.ref();
        return new NodeBuilder()
                .withNewMetadata()
                .withName(ref.node().name().value())
                .withLabels(creation.labels())
                .withAnnotations(Map.of(
                        JOIN,
                        ref.joinId().value(),
                        ATTEMPT,
                        Integer.toString(ref.attempt()),
                        NAMESPACE,
                        run.namespace(),
                        RUN,
                        run.runId()))
                .endMetadata()
                .withNewSpec()
                .withProviderID(creation.providerId())
                .withTaints(taints(creation))
                .endSpec()
                .build();
    }

    private static List<Taint> taints(NodeCreation creation) {
        Taint joining =
                new TaintBuilder().withKey(TAINT).withEffect(NO_SCHEDULE).build();
        return Stream.concat(
                        Stream.of(joining),
                        creation.taints().stream()
                                .map(taint -> new TaintBuilder()
                                        .withKey(taint.key())
                                        .withValue(taint.value())
                                        .withEffect(taint.effect().name())
                                        .build()))
                .toList();
    }

    /** Returns which join created the Node; empty if none did, or if its annotations cannot be read. */
    static Optional<JoiningNode> of(ClusterName cluster, Node node) {
        Map<String, String> annotations =
                Objects.requireNonNullElse(node.getMetadata().getAnnotations(), Map.of());
        try {
            NodeRef ref = new NodeRef(cluster, new NodeName(node.getMetadata().getName()));
            return Optional.of(new JoiningNode(
                    new NodeIdentity(ref, node.getMetadata().getUid()),
                    new CreatedNodeRef(
                            ref,
                            new JoinId(annotations.getOrDefault(JOIN, "")),
                            Integer.parseInt(annotations.getOrDefault(ATTEMPT, ""))),
                    new WorkflowRun(annotations.getOrDefault(NAMESPACE, ""), annotations.getOrDefault(RUN, "")),
                    hasTaint(node)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Returns whether the Node has the taint. */
    static boolean hasTaint(Node node) {
        return node.getSpec() != null && node.getSpec().getTaints().stream().anyMatch(JoiningNode::isJoining);
    }

    static boolean isJoining(Taint taint) {
        return TAINT.equals(taint.getKey());
    }

    /** Returns whether this run has created it for this attempt. */
    boolean isOf(CreatedNodeRef wanted, WorkflowRun requesting) {
        return ref.equals(wanted) && run.equals(requesting);
    }
}
