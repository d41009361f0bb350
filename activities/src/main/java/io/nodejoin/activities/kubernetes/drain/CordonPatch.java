package io.nodejoin.activities.kubernetes.drain;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.drain.CordonRequest;

/** The merge patch that cordons or uncordons a Node and sets the annotation with the leave's id. */
final class CordonPatch {
    static final PatchContext CONTEXT = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(ManagedObjects.MANAGER)
            .build();

    private static final JsonMapper JSON = new JsonMapper();

    private CordonPatch() {}

    /** Builds the patch that cordons the Node with the request's UID, and no other. */
    static String cordon(CordonRequest request) {
        ObjectNode patch = JSON.createObjectNode();
        metadata(patch)
                .put("uid", request.node().uid())
                .putObject("annotations")
                .put(ManagedObjects.CORDONED_BY, request.leaveId().value());
        patch.putObject("spec").put("unschedulable", true);
        return patch.toString();
    }

    /** Builds the patch that uncordons the Node, preconditioned on its resourceVersion. */
    static String uncordon(Node read) {
        ObjectNode patch = JSON.createObjectNode();
        metadata(patch)
                .put("uid", read.getMetadata().getUid())
                .put("resourceVersion", read.getMetadata().getResourceVersion())
                .putObject("annotations")
                .putNull(ManagedObjects.CORDONED_BY);
        patch.putObject("spec").putNull("unschedulable");
        return patch.toString();
    }

    /** Returns whether this leave has cordoned the Node. */
    static boolean isCordonedBy(Node node, JoinId leaveId) {
        return leaveId.value().equals(node.getMetadata().getAnnotations().get(ManagedObjects.CORDONED_BY));
    }

    private static ObjectNode metadata(ObjectNode patch) {
        return patch.withObject("/metadata");
    }
}
