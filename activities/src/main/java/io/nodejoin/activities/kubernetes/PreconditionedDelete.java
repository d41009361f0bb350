package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Deletes one very object: the client's own delete would take whatever has its name by now. */
public final class PreconditionedDelete {
    private PreconditionedDelete() {}

    /**
     * Returns once the object of this UID is gone, or another one has its name.
     *
     * @param path of the object at the API server
     * @param stillExists asked where the API server has not found the object, or has met another change: whether it is there all the same
     * @throws KubernetesClientException if it stays
     */
    public static void deleteByUid(KubernetesClient client, String path, String uid, BooleanSupplier stillExists) {
        try {
            deleteByUid(client, path, Map.of("uid", uid));
        } catch (KubernetesClientException e) {
            if (!isConflictOrNotFound(e) || stillExists.getAsBoolean()) {
                throw e;
            }
        }
    }

    /**
     * Deletes the object if it is still as it was read; absent counts as deleted.
     *
     * @return false if it was changed since, or another one has its name
     */
    public static boolean deleteIfUnchanged(KubernetesClient client, String path, ObjectMeta read) {
        try {
            deleteByUid(client, path, Map.of("uid", read.getUid(), "resourceVersion", read.getResourceVersion()));
            return true;
        } catch (KubernetesClientException e) {
            if (!isConflictOrNotFound(e)) {
                throw e;
            }
            return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
        }
    }

    private static void deleteByUid(KubernetesClient client, String path, Map<String, String> preconditions) {
        client.raw(path, "DELETE", Map.of("apiVersion", "v1", "kind", "DeleteOptions", "preconditions", preconditions));
    }

    /** Whether an object is not, or no longer, what a change wanted it to be. */
    public static boolean isConflictOrNotFound(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }
}
