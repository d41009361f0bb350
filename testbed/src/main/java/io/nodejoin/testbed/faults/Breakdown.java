package io.nodejoin.testbed.faults;

/** How a call fails, in the words of its own library. */
interface Breakdown {
    /** As if the answer was lost: to be tried again. */
    RuntimeException lost();

    /** For good, where the library knows such a failure. */
    default RuntimeException refused() {
        return lost();
    }
}
