package io.nodejoin.testbed.full;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a part ended. */
enum Outcome {
    @JsonProperty("passed")
    PASSED("passed"),
    @JsonProperty("failed")
    FAILED("failed"),
    /** It cannot run on this machine. */
    @JsonProperty("skipped")
    SKIPPED("skipped");

    private final String word;

    Outcome(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
