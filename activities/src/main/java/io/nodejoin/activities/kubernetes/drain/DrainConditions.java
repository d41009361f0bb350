package io.nodejoin.activities.kubernetes.drain;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.VersionInfo;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.workflows.node.NodeIdentity;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the conditions {@code DrainInProgress} and {@code Drained} (KEP-5683) of a Node that leaves, where the API server
 * is of Kubernetes 1.37 or later, whose core/v1 names them. Best effort: they tell others, and no leave depends on them.
 */
final class DrainConditions {
    private static final Logger LOG = LoggerFactory.getLogger(DrainConditions.class);
    private static final int FIRST_MINOR = 37;
    private static final JsonMapper JSON = new JsonMapper();
    private static final PatchContext CONTEXT = new PatchContext.Builder()
            .withPatchType(PatchType.STRATEGIC_MERGE)
            .withFieldManager(ManagedObjects.MANAGER)
            .build();

    private DrainConditions() {}

    /** How far a drain is. */
    enum Progress {
        RUNNING(true, false, "LeaveDrains", "pods are evicted, since the node leaves"),
        COMPLETE(false, true, "LeaveDrained", "no pod is left that a drain evicts"),
        INCOMPLETE(false, false, "LeaveDrainBlocked", "pods are left that could not be evicted in time"),
        ENDED(false, false, "LeaveAborted", "the node does not leave");

        private final boolean running;
        private final boolean drained;
        private final String reason;
        private final String message;

        Progress(boolean running, boolean drained, String reason, String message) {
            this.running = running;
            this.drained = drained;
            this.reason = reason;
            this.message = message;
        }

        String reason() {
            return reason;
        }
    }

    /**
     * Writes both conditions of the Node with this UID. Does not fail.
     *
     * @param audit records the effect; called only if there will be one
     */
    static void write(
            KubernetesClient client, NodeIdentity node, Progress progress, Supplier<Instant> now, Runnable audit) {
        try {
            if (knowsThem(client.getKubernetesVersion())) {
                audit.run();
                Node _ = client.nodes()
                        .withName(node.ref().name().value())
                        .subresource("status")
                        .patch(CONTEXT, patch(node.uid(), progress, now.get()));
            }
        } catch (RuntimeException e) { // a cluster that is not prepared anew refuses them; no leave may fail for that
            LOG.debug(
                    "the conditions of the drain of {} are left out: {}",
                    node.ref().name(),
                    RootCause.message(e));
        }
    }

    /** Providers append to the minor version, as in 37+. */
    static boolean knowsThem(VersionInfo version) {
        String minor = version.getMinor().replaceAll("[^0-9].*", "");
        return "1".equals(version.getMajor()) && !minor.isEmpty() && Integer.parseInt(minor) >= FIRST_MINOR;
    }

    /** Without a heartbeat, by which the age of a Node is told. */
    private static String patch(String uid, Progress progress, Instant now) {
        ObjectNode patch = JSON.createObjectNode();
        patch.putObject("metadata").put("uid", uid);
        ArrayNode conditions = patch.putObject("status").putArray("conditions");
        add(conditions, "DrainInProgress", progress.running, progress, now);
        add(conditions, "Drained", progress.drained, progress, now);
        return patch.toString();
    }

    private static void add(ArrayNode conditions, String type, boolean status, Progress progress, Instant now) {
        conditions
                .addObject()
                .put("type", type)
                .put("status", status ? "True" : "False")
                .put("reason", progress.reason)
                .put("message", progress.message)
                .put("lastTransitionTime", now.toString());
    }
}
