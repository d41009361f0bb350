package io.nodejoin.agent.host;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A mounted file system, as in a line of {@code /proc/mounts}. */
public record Mount(String target, String type, List<String> options) {
    private static final int WORDS = 5;
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

    public Mount {
        options = List.copyOf(options);
    }

    static Stream<Mount> parse(String line) {
        String[] words = line.split(" ", WORDS);
        return words.length < WORDS
                ? Stream.empty()
                : Stream.of(new Mount(unescape(words[1]), words[2], Arrays.asList(words[3].split(",", -1))));
    }

    /** The kernel writes blanks and backslashes in octal. */
    private static String unescape(String word) {
        return ESCAPED.matcher(word)
                .replaceAll(
                        octal -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    }

    /**
     * Returns the mount that contains a path without links: of the mounts with the longest target the last one, which
     * covers the others.
     */
    public static Optional<Mount> findContaining(String path, Stream<Mount> mounts) {
        return mounts.filter(mount -> (path + "/").startsWith(mount.prefix()))
                .reduce((one, other) -> other.prefix().length() >= one.prefix().length() ? other : one);
    }

    private String prefix() {
        return target.equals("/") ? "/" : target + "/";
    }
}
