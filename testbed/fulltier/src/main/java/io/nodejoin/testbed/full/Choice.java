package io.nodejoin.testbed.full;

import java.util.List;

/**
 * Which parts are run.
 *
 * @param named by the user; all if none is
 * @param again also those that have passed on this commit
 */
record Choice(List<String> named, boolean again) {
    Choice {
        named = List.copyOf(named);
    }

    List<Part> of(List<Part> all, Results known) {
        List<String> names = all.stream().map(Part::name).toList();
        if (!names.containsAll(named)) {
            List<String> unknown =
                    named.stream().filter(name -> !names.contains(name)).toList();
            throw new IllegalArgumentException("no part is called " + unknown + ", see --list");
        }
        return all.stream()
                .filter(part -> named.isEmpty() || named.contains(part.name()))
                .filter(part -> again
                        || !known.of(part.name()).map(PartResult::hasPassed).orElse(false))
                .toList();
    }
}
