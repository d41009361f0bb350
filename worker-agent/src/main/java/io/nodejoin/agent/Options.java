package io.nodejoin.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The options of a command line, each a name and a value. */
record Options(Map<String, String> values) {
    Options {
        values = Map.copyOf(values);
    }

    /**
     * Reads {@code --name value} pairs.
     *
     * @throws IllegalArgumentException for a name that is not known, comes twice or has no value
     */
    static Options parse(List<String> words, Set<String> known) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < words.size(); i += 2) {
            String name = words.get(i);
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no option '" + name + "' here");
            }
            if (i + 1 == words.size() || values.put(name, words.get(i + 1)) != null) {
                throw new IllegalArgumentException("option " + name + " wants one value");
            }
        }
        return new Options(values);
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }
}
