package io.nodejoin.protocol;

/** Whether the same action can succeed later, and who retries it. */
public enum Retry {
    /** The join retries, within the step and in another attempt. */
    AUTO,
    /** The join retries; if that fails, the client may send a new request after the remedy. */
    AUTO_THEN_NEW,
    /** The join retries; if that fails, a new request succeeds only after something else has changed. */
    AUTO_THEN_NO,
    /** The client may send the same request with a new id, after the remedy. */
    NEW,
    /** A retry succeeds only after something else has changed. */
    NO
}
