package io.nodejoin.service.collector;

/** Starts the cleanups of a cluster's orphans. */
@FunctionalInterface
interface Cleanups {

    /** Starts the cleanup of this request. Returns false if one runs, or has ended only lately. */
    boolean start(OrphanedJoin orphan, WorkflowStatus.Closed closed);
}
