package io.nodejoin.workflows.simulation;

/** What gets lost between Temporal's server and its workers. */
interface Losses {
    /** Everything arrives. */
    Losses NONE = new Losses() {};

    /** Whether a worker is lost with the workflow task that it has taken. */
    default boolean dropsWorkflowTask() {
        return false;
    }

    /** Whether the next workflow task has to bring its whole history. */
    default boolean dropsCache() {
        return false;
    }

    /** Whether Temporal does not hear how an activity ended. */
    default boolean dropsCompletion() {
        return false;
    }

    default boolean dropsHeartbeat() {
        return false;
    }
}
