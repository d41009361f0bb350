package io.nodejoin.testbed.failpoint;

/** How a call fails, in the words of its own library. */
interface FailureFactory {
    /** As if the answer was lost: to be tried again. */
    RuntimeException responseLost();

    /** For good, where the library knows such a failure. */
    default RuntimeException rejected() {
        return responseLost();
    }
}
