package io.nodejoin.activities.kubernetes.node;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.workflows.node.ReadyRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Builds the JSON merge patch that adds the requested labels and taints to a Node, removes the taint of its creation, keeps
 * all others, and adopts a Node that no join has created.
 */
final class NodePatch {
    /** A Node's age up to which the cluster's admission policy lets it be adopted, less an hour for clocks. */
    private static final Duration ADOPTION_LIMIT = Duration.ofHours(23);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private NodePatch() {}

    /** Returns the patch, empty if nothing is missing. It contains the UID, so that a recreated Node is not patched. */
    static Optional<String> build(Node node, ReadyRequest request) {
        Map<String, String> labels = missingLabels(node, request.labels());
        List<Taint> taints = missingTaints(node, request.taints());
        boolean adopting = !isManaged(node) && isYoung(node, request.readyAfter());
        if (labels.isEmpty() && taints.isEmpty() && !JoiningNode.hasTaint(node) && !adopting) {
            return Optional.empty();
        }
        ObjectNode patch = JSON.createObjectNode();
        ObjectNode metadata =
                patch.putObject("metadata").put("uid", request.node().uid());
        if (adopting) {
            metadata.putObject("annotations").put(ManagedObjects.ADOPTED, "true");
        }
        if (!labels.isEmpty()) {
            ObjectNode wanted = metadata.putObject("labels");
            labels.forEach(wanted::put);
        }
        if (!taints.isEmpty() || JoiningNode.hasTaint(node)) {
            // A merge patch replaces the whole list, so it is valid only for the list that was read.
            metadata.put("resourceVersion", node.getMetadata().getResourceVersion());
            ArrayNode all = patch.putObject("spec").putArray("taints");
            taintsOf(node).stream()
                    .filter(taint -> !JoiningNode.isJoining(taint))
                    .forEach(taint -> all.add(JSON.valueToTree(taint)));
            taints.forEach(taint -> write(all.addObject(), taint));
        }
        return Optional.of(patch.toString());
    }

    /** Returns whether a join has created or adopted the Node. */
    private static boolean isManaged(Node node) {
        Map<String, String> annotations = node.getMetadata().getAnnotations();
        return annotations != null
                && (annotations.containsKey(ManagedObjects.JOIN_ID) || annotations.containsKey(ManagedObjects.ADOPTED));
    }

    private static boolean isYoung(Node node, Instant now) {
        return Instant.parse(node.getMetadata().getCreationTimestamp()).isAfter(now.minus(ADOPTION_LIMIT));
    }

    private static Map<String, String> missingLabels(Node node, Map<String, String> wanted) {
        Map<String, String> missing = new TreeMap<>(wanted);
        Map<String, String> present = node.getMetadata().getLabels();
        missing.entrySet().removeIf(label -> present != null && label.getValue().equals(present.get(label.getKey())));
        return missing;
    }

    private static List<Taint> missingTaints(Node node, List<Taint> wanted) {
        return wanted.stream()
                .filter(taint -> taintsOf(node).stream()
                        .noneMatch(present -> taint.key().equals(present.getKey())
                                && Objects.equals(taint.value(), present.getValue())
                                && taint.effect().name().equals(present.getEffect())))
                .toList();
    }

    private static List<io.fabric8.kubernetes.api.model.Taint> taintsOf(Node node) {
        return node.getSpec() == null ? List.of() : node.getSpec().getTaints();
    }

    private static void write(ObjectNode json, Taint taint) {
        json.put("key", taint.key());
        if (taint.value() != null) {
            json.put("value", taint.value());
        }
        json.put("effect", taint.effect().name());
    }
}
