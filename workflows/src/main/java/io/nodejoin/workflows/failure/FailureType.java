package io.nodejoin.workflows.failure;

/** Why an activity could not find out or could not act. The name is the wire type; retry is a property of the type. */
public enum FailureType {
    /** Connect error, time-out, 5xx, retriable Kafka error. */
    UNAVAILABLE(true),
    /** 429 or a quota; the delay comes from the server. */
    THROTTLED(true),
    /** 409 or a lost optimistic lock: read again, then act. */
    CONFLICT(true),
    /** A wait that goes on; no error on dashboards. */
    NOT_READY_YET(true),
    /** 400, 422, a value that its constructor refuses. */
    INVALID_REQUEST(false),
    /** 401, 403, a rejected certificate. */
    FORBIDDEN(false),
    /** The object that the step relies on is gone or another one. */
    FAILED_PRECONDITION(false),
    /** Anything unforeseen. */
    INTERNAL(false);

    private final boolean retryable;

    FailureType(boolean retryable) {
        this.retryable = retryable;
    }

    /** Whether Temporal tries the activity again. */
    public boolean retryable() {
        return retryable;
    }
}
