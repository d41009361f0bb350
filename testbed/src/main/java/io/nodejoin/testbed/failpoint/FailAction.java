package io.nodejoin.testbed.failpoint;

/** What happens at a fail point. */
public enum FailAction {
    /** The process ends as by kill -9: no hook, no flush. */
    HALT,
    /** The process stops as by SIGSTOP, until somebody continues it. */
    STOP,
    /** The call fails in a way that is tried again. After the effect, this is an answer that was lost. */
    ERROR,
    /** The call fails for good, where its library knows such a failure; elsewhere as {@link #ERROR}. */
    REJECT,
    /** The call takes longer. */
    DELAY
}
