package io.nodejoin.testbed.preflight;

import io.nodejoin.testbed.config.BedSettings;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a value must be like; the label of an option or argument says which rule it has to keep. */
final class ValueRule {
    private static final Pattern RANGE = Pattern.compile("(-?\\d+)\\.\\.(-?\\d+)");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d+");
    private static final Pattern HOST = Pattern.compile("[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?");
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]{1,256}");

    private ValueRule() {}

    /** What is wrong with this value, or empty. */
    static Optional<String> broken(String label, String value) {
        return switch (label) {
            case "BED" -> bed(value);
            case "HOST" ->
                HOST.matcher(value).matches()
                        ? Optional.empty()
                        : Optional.of("'" + value
                                + "' is no host name: one label of at most 32 lower-case letters, digits and dashes");
            case "SECRET" ->
                SECRET.matcher(value).matches()
                        ? Optional.empty()
                        : Optional.of("a secret has 1 to 256 printable ASCII characters, no blanks");
            case "SEED" -> seed(value);
            case "FILE" -> new ResultFile(Path.of(value)).obstacle();
            case "EXISTING-FILE" ->
                Files.isReadable(Path.of(value)) && !Files.isDirectory(Path.of(value))
                        ? Optional.empty()
                        : Optional.of(value + " is no file that can be read");
            default -> label.contains("|") ? choice(List.of(label.split("\\|")), value) : range(label, value);
        };
    }

    private static Optional<String> bed(String value) {
        try {
            BedSettings.requireName(value);
            return Optional.empty();
        } catch (IllegalArgumentException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    private static Optional<String> choice(List<String> words, String value) {
        return words.contains(value)
                ? Optional.empty()
                : Optional.of("'" + value + "' is none of: " + String.join(", ", words));
    }

    private static Optional<String> range(String label, String value) {
        Matcher range = RANGE.matcher(label);
        if (!range.matches()) {
            return Optional.empty();
        }
        boolean inside = WHOLE_NUMBER.matcher(value).matches()
                && new BigInteger(value).compareTo(new BigInteger(range.group(1))) >= 0
                && new BigInteger(value).compareTo(new BigInteger(range.group(2))) <= 0;
        return inside
                ? Optional.empty()
                : Optional.of("'" + value + "' is no whole number from " + range.group(1) + " to " + range.group(2));
    }

    private static Optional<String> seed(String value) {
        try {
            Long.parseLong(value);
            return Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.of("'" + value + "' is no whole number of 64 bits");
        }
    }
}
