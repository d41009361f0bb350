package io.nodejoin.agent;

import io.nodejoin.protocol.event.HostProfile;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The options of a command line, each with a name and a value. */
record Options(Map<String, String> values) {
    Options {
        values = Map.copyOf(values);
    }

    /**
     * Parses {@code --name value} pairs.
     *
     * @throws IllegalArgumentException for an option that is unknown, repeated or has no value
     */
    static Options parse(List<String> words, Set<String> known) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < words.size(); i += 2) {
            String name = words.get(i);
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no option '" + name + "' here");
            }
            if (i + 1 == words.size() || values.put(name, words.get(i + 1)) != null) {
                throw new IllegalArgumentException("option " + name + " needs one value");
            }
        }
        return new Options(values);
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Returns the profile option, or the default. */
    HostProfile profile() {
        String word = find("--profile").orElse(optionValue(HostProfile.CONTAINERD));
        return Arrays.stream(HostProfile.values())
                .filter(profile -> optionValue(profile).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--profile: there is no profile '" + word + "'"));
    }

    private static String optionValue(HostProfile profile) {
        return profile.name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether the output is JSON, given the default format. */
    boolean json(String usual) {
        String output = find("--output").orElse(usual);
        if (!Set.of(usual, "json").contains(output)) {
            throw new IllegalArgumentException("--output: '" + output + "' is neither " + usual + " nor json");
        }
        return output.equals("json");
    }
}
