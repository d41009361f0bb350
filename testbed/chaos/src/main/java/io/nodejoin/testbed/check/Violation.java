package io.nodejoin.testbed.check;

import java.util.List;

/**
 * A violated invariant.
 *
 * @param invariant the name of the promise
 * @param what is wrong, in one sentence
 * @param evidence what to inspect: objects with uid and resourceVersion, topics with offset, runs
 */
public record Violation(String invariant, String what, List<String> evidence) {
    public Violation {
        evidence = List.copyOf(evidence);
    }

    @Override
    public String toString() {
        return "[" + invariant + "] " + what
                + evidence.stream().map(line -> "\n    " + line).reduce("", String::concat);
    }
}
