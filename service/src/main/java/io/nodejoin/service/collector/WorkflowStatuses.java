package io.nodejoin.service.collector;

/**
 * The statuses of joins' workflows. Both methods are called after the orphan was listed, so a run that created its
 * entries had started by then.
 */
@FunctionalInterface
interface WorkflowStatuses {

    /** Returns the status of the join. */
    WorkflowStatus status(OrphanedJoin orphan);

    /**
     * Returns whether the join is closed, with as few calls as possible: revocation of its tokens must not wait for a
     * history that cannot be read. The other details of a closed join are not set.
     */
    default WorkflowStatus quickStatus(OrphanedJoin orphan) {
        return status(orphan);
    }
}
