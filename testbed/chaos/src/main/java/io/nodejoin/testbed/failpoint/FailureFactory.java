package io.nodejoin.testbed.failpoint;

/** Creates failures of a client library. */
interface FailureFactory {
    /** Creates the retryable failure of a lost response. */
    RuntimeException responseLost();

    /** For good, where the library knows such a failure. */
    default RuntimeException rejected() {
        return responseLost();
    }
}
