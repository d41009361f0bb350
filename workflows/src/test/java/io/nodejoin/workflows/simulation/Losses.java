package io.nodejoin.workflows.simulation;

/** The losses between Temporal's server and its workers. */
interface Losses {
    /** Loses nothing. */
    Losses NONE = new Losses() {};

    /** Returns whether a worker dies with its workflow task. */
    default boolean dropsWorkflowTask() {
        return false;
    }

    /** Returns whether the next workflow task contains the whole history. */
    default boolean dropsCache() {
        return false;
    }

    /** Returns whether the result of an activity is lost. */
    default boolean dropsCompletion() {
        return false;
    }

    default boolean dropsHeartbeat() {
        return false;
    }
}
