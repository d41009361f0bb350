package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Deletes an object by UID or resourceVersion precondition; the client's own delete goes by name alone. */
public final class PreconditionedDelete {
    private PreconditionedDelete() {}

    /**
     * Deletes the object with this UID. Returns also if it is gone, or the name belongs to another object.
     *
     * @param path path of the object at the API server
     * @param stillExists called after a 404 or 409: returns whether the object with this UID still exists
     * @throws KubernetesClientException if the object could not be deleted
     */
    public static void deleteByUid(KubernetesClient client, String path, String uid, BooleanSupplier stillExists) {
        try {
            deleteByUid(client, path, Map.of("uid", uid));
        } catch (KubernetesClientException e) {
            if (!Conflicts.isConflictOrNotFound(e) || stillExists.getAsBoolean()) {
                throw e;
            }
        }
    }

    /**
     * Deletes the object unless it has changed since it was read. Succeeds if it is absent.
     *
     * @return false if it has changed, or the name belongs to another object
     */
    public static boolean deleteIfUnchanged(KubernetesClient client, String path, ObjectMeta read) {
        try {
            deleteByUid(client, path, Map.of("uid", read.getUid(), "resourceVersion", read.getResourceVersion()));
            return true;
        } catch (KubernetesClientException e) {
            if (!Conflicts.isConflictOrNotFound(e)) {
                throw e;
            }
            return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
        }
    }

    private static void deleteByUid(KubernetesClient client, String path, Map<String, String> preconditions) {
        client.raw(path, "DELETE", Map.of("apiVersion", "v1", "kind", "DeleteOptions", "preconditions", preconditions));
    }
}
