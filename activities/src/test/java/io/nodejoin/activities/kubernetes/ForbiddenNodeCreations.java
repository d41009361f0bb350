package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.nodejoin.activities.kubernetes.ForbiddenCalls.Call;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The Nodes that a thief of the service's credential would create. */
final class ForbiddenNodeCreations {
    private static final String NODE_CREATION = "ValidatingAdmissionPolicy 'nodejoin-node-creation'";

    private ForbiddenNodeCreations() {}

    static Stream<Call> all() {
        return Stream.concat(withContents(), withStatus());
    }

    private static Stream<Call> withContents() {
        return Stream.of(
                createNode(
                        "create a node of no join",
                        node -> node.editMetadata()
                                .removeFromAnnotations("nodejoin.io/join-id")
                                .endMetadata()),
                createNode(
                        "create a node of no attempt",
                        node -> node.editMetadata()
                                .removeFromAnnotations("nodejoin.io/attempt")
                                .endMetadata()),
                createNode(
                        "create a node with another annotation",
                        node -> node.editMetadata()
                                .addToAnnotations("example.com/a", "b")
                                .endMetadata()),
                createNode(
                        "create a node that takes pods at once",
                        node -> node.editSpec().withTaints(List.of()).endSpec()),
                createNode(
                        "create a control plane",
                        node -> node.editMetadata()
                                .addToLabels("node-role.kubernetes.io/control-plane", "")
                                .endMetadata()),
                createNode(
                        "create a node with a label of the kubelet",
                        node -> node.editMetadata()
                                .addToLabels("kubernetes.io/hostname", "other")
                                .endMetadata()),
                createNode(
                        "create a node that a finalizer holds",
                        node -> node.editMetadata()
                                .withFinalizers("example.com/hold")
                                .endMetadata()),
                createNode(
                        "create a node with an owner",
                        node -> node.editMetadata()
                                .addNewOwnerReference()
                                .withApiVersion("v1")
                                .withKind("Namespace")
                                .withName("default")
                                .withUid(UUID.randomUUID().toString())
                                .endOwnerReference()
                                .endMetadata()),
                createNode(
                        "create a node with a range of pod addresses",
                        node -> node.editSpec().withPodCIDR("10.0.0.0/24").endSpec()));
    }

    private static Stream<Call> withStatus() {
        return Stream.of(
                createNode(
                        "create a node with room for pods",
                        node -> node.withNewStatus()
                                .addToCapacity("pods", new Quantity("110"))
                                .endStatus()),
                createNode(
                        "create a node that is Ready",
                        node -> node.withNewStatus()
                                .addNewCondition()
                                .withType("Ready")
                                .withStatus("True")
                                .endCondition()
                                .endStatus()),
                createNode(
                        "create a node with the address of another machine",
                        node -> node.withNewStatus()
                                .addNewAddress("10.0.0.9", "InternalIP")
                                .endStatus()),
                createNode(
                        "create a node that names its machine",
                        node -> node.withNewStatus()
                                .withNewNodeInfo()
                                .withMachineID("machine-of-the-thief")
                                .endNodeInfo()
                                .endStatus()));
    }

    /** A Node as Nodejoin creates them, but for the change. */
    private static Call createNode(String name, UnaryOperator<NodeBuilder> change) {
        NodeBuilder node = new NodeBuilder()
                .withNewMetadata()
                .withName("created-" + UUID.randomUUID())
                .addToAnnotations("nodejoin.io/join-id", "0f".repeat(16))
                .addToAnnotations("nodejoin.io/attempt", "1")
                .endMetadata()
                .withNewSpec()
                .addNewTaint("NoSchedule", "nodejoin.io/joining", null, null)
                .endSpec();
        return ForbiddenCalls.create(name, NODE_CREATION, change.apply(node).build());
    }
}
