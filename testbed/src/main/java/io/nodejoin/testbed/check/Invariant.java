package io.nodejoin.testbed.check;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One promise and how to see that it holds.
 *
 * @param name stable, in lower-case words
 * @param promise the sentence that a person may rely on
 */
record Invariant(String name, String promise, Function<Scene, Stream<Broken>> rule) {

    /** A break of the promise, before it has the promise's name. */
    record Broken(String what, List<String> evidence) {
        static Broken because(String what, Object... evidence) {
            return new Broken(what, Stream.of(evidence).map(Object::toString).toList());
        }
    }

    List<Violation> violations(Scene scene) {
        return rule.apply(scene)
                .map(broken -> new Violation(name, broken.what(), broken.evidence()))
                .toList();
    }
}
