package io.nodejoin.testbed.failpoint;

/** What happens at a fail point. */
public enum FailAction {
    /** The process exits as after kill -9: no hook, no flush. */
    HALT,
    /** The process stops as after SIGSTOP, until it is continued. */
    STOP,
    /** The call fails with a retryable error. After the effect, this is a lost response. */
    ERROR,
    /** The call fails for good, where its library knows such a failure; elsewhere as {@link #ERROR}. */
    REJECT,
    /** The call takes longer. */
    DELAY
}
