package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.function.Predicate;

/** Tells a write that another writer was faster than from one that failed. */
public final class Conflicts {
    private Conflicts() {}

    /** Runs a write. Returns false if the object has changed, or, at creation, exists. */
    public static boolean succeedsUnlessConflict(Runnable write) {
        return succeedsUnless(Conflicts::isConflict, write);
    }

    /** Runs a write. Returns false if the object has changed or is missing. */
    public static boolean succeedsUnlessChanged(Runnable write) {
        return succeedsUnless(Conflicts::isConflictOrNotFound, write);
    }

    /** Returns whether the object has changed or is missing, so that a conditional write failed. */
    public static boolean isConflictOrNotFound(KubernetesClientException e) {
        return isConflict(e) || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }

    private static boolean isConflict(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    private static boolean succeedsUnless(Predicate<KubernetesClientException> late, Runnable write) {
        try {
            write.run();
            return true;
        } catch (KubernetesClientException e) {
            if (late.test(e)) {
                return false;
            }
            throw e;
        }
    }
}
