package io.nodejoin.workflows.failure;

/**
 * Why an activity could not find out or could not act. The name is the failure's type in Temporal; whether the activity
 * is retried is a property of the type.
 */
public enum FailureType {
    /** Connection error, timeout, 5xx, retriable Kafka error. */
    UNAVAILABLE(true),
    /** 429 or a quota; the server sets the delay. */
    THROTTLED(true),
    /** 409 or a lost optimistic lock: the activity reads again, then acts. */
    CONFLICT(true),
    /** A wait that continues; dashboards do not count it as an error. */
    NOT_READY_YET(true),
    /** 400, 422, a value that its constructor rejects. */
    INVALID_REQUEST(false),
    /** 401, 403, a rejected certificate. */
    FORBIDDEN(false),
    /** An object that the step relies on is missing or has been replaced. */
    FAILED_PRECONDITION(false),
    /** An unexpected exception. */
    INTERNAL(false);

    private final boolean retryable;

    FailureType(boolean retryable) {
        this.retryable = retryable;
    }

    /** Returns whether Temporal retries the activity. */
    public boolean retryable() {
        return retryable;
    }
}
