package io.nodejoin.activities.kubernetes.drain;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.drain.CordonRequest;
import org.jspecify.annotations.Nullable;

/** The merge patch that cordons or uncordons a Node and sets the annotation with the leave's id. */
final class CordonPatch {
    static final PatchContext CONTEXT = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(ManagedObjects.MANAGER)
            .build();

    private static final JsonMapper JSON = new JsonMapper();

    private CordonPatch() {}

    /** Builds the patch; it applies only to the Node with the request's UID. */
    static String forRequest(CordonRequest request) {
        ObjectNode patch = build(request.cordoned(), request.leaveId());
        metadata(patch).put("uid", request.node().uid());
        return patch.toString();
    }

    /** Builds the patch that uncordons the Node, preconditioned on its resourceVersion. */
    static String uncordon(Node read) {
        ObjectNode patch = build(false, null);
        metadata(patch)
                .put("uid", read.getMetadata().getUid())
                .put("resourceVersion", read.getMetadata().getResourceVersion());
        return patch.toString();
    }

    /** Returns whether this leave has cordoned the Node. */
    static boolean isCordonedBy(Node node, JoinId leaveId) {
        return leaveId.value().equals(node.getMetadata().getAnnotations().get(ManagedObjects.CORDONED_BY));
    }

    private static ObjectNode build(boolean cordoned, @Nullable JoinId leaveId) {
        ObjectNode patch = JSON.createObjectNode();
        ObjectNode annotations = patch.putObject("metadata").putObject("annotations");
        ObjectNode spec = patch.putObject("spec");
        if (cordoned && leaveId != null) {
            annotations.put(ManagedObjects.CORDONED_BY, leaveId.value());
        } else {
            annotations.putNull(ManagedObjects.CORDONED_BY);
        }
        if (cordoned) {
            spec.put("unschedulable", true);
        } else {
            spec.putNull("unschedulable");
        }
        return patch;
    }

    private static ObjectNode metadata(ObjectNode patch) {
        return patch.withObject("/metadata");
    }
}
