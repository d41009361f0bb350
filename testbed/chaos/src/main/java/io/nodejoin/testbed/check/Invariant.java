package io.nodejoin.testbed.check;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An invariant and its check.
 *
 * @param name stable, in lower-case words
 * @param promise the sentence that users may rely on
 */
record Invariant(String name, String promise, Function<ClusterSnapshot, Stream<Breach>> rule) {

    /** A break of the promise, before it has the promise's name. */
    record Breach(String what, List<String> evidence) {
        static Breach of(String what, Object... evidence) {
            return new Breach(what, Stream.of(evidence).map(Object::toString).toList());
        }
    }

    List<Violation> violations(ClusterSnapshot snapshot) {
        return rule.apply(snapshot)
                .map(breach -> new Violation(name, breach.what(), breach.evidence()))
                .toList();
    }
}
