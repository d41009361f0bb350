package io.nodejoin.agent.facts;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A mounted file system, as a line of {@code /proc/mounts} tells it. */
record Mount(String target, String type, List<String> options) {
    private static final int WORDS = 5;

    Mount {
        options = List.copyOf(options);
    }

    static Stream<Mount> parse(String line) {
        String[] words = line.split(" ", WORDS);
        return words.length < WORDS
                ? Stream.empty()
                : Stream.of(
                        new Mount(words[1].replace("\\040", " "), words[2], Arrays.asList(words[3].split(",", -1))));
    }

    /** The mount that a path without links lies on: of the longest targets the last one, which covers the others. */
    static Optional<Mount> of(String path, Stream<Mount> mounts) {
        return mounts.filter(mount -> (path + "/").startsWith(mount.prefix()))
                .reduce((one, other) -> other.prefix().length() >= one.prefix().length() ? other : one);
    }

    private String prefix() {
        return target.equals("/") ? "/" : target + "/";
    }
}
