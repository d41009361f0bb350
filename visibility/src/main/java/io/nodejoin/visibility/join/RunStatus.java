package io.nodejoin.visibility.join;

import io.temporal.api.enums.v1.WorkflowExecutionStatus;

/** How Temporal sees the run of a join. */
public enum RunStatus {
    RUNNING,
    COMPLETED,
    FAILED,
    CANCELLED,
    /** Ended from outside: the garbage collector takes back what it had created. */
    TERMINATED,
    TIMED_OUT,
    /** A newer request of the node followed it. */
    SUPERSEDED,
    UNKNOWN;

    static RunStatus of(WorkflowExecutionStatus status) {
        return switch (status) {
            case WORKFLOW_EXECUTION_STATUS_RUNNING, WORKFLOW_EXECUTION_STATUS_PAUSED -> RUNNING;
            case WORKFLOW_EXECUTION_STATUS_COMPLETED -> COMPLETED;
            case WORKFLOW_EXECUTION_STATUS_FAILED -> FAILED;
            case WORKFLOW_EXECUTION_STATUS_CANCELED -> CANCELLED;
            case WORKFLOW_EXECUTION_STATUS_TERMINATED -> TERMINATED;
            case WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> TIMED_OUT;
            case WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW -> SUPERSEDED;
            case WORKFLOW_EXECUTION_STATUS_UNSPECIFIED, UNRECOGNIZED -> UNKNOWN;
        };
    }
}
