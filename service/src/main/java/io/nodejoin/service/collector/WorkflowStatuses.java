package io.nodejoin.service.collector;

/** The workflows of joins. Both are asked after the remnant was listed: a run that made the remnant had begun by then. */
@FunctionalInterface
interface WorkflowStatuses {

    /** What became of the join. */
    WorkflowStatus status(OrphanedJoin orphan);

    /**
     * Whether the join is over, by no more than that takes: its tokens must not wait for a history that cannot be read. Of one that is over
     * this says nothing else.
     */
    default WorkflowStatus quickStatus(OrphanedJoin orphan) {
        return status(orphan);
    }
}
