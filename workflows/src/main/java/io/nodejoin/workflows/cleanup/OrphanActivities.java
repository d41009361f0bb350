package io.nodejoin.workflows.cleanup;

import io.temporal.activity.ActivityInterface;

/** What cluster and Temporal know of a request whose workflow may have ended without taking it back. */
@ActivityInterface(namePrefix = "Orphan_")
public interface OrphanActivities {

    /** Returns what the request has left by now. Read-only: a second call reads anew. */
    OrphanState inspect(CleanupRequest request);

    /** Deletes the record that the outcome of the request is owed, if its run has published it. Idempotent. */
    void deletePublished(CleanupRequest request);
}
