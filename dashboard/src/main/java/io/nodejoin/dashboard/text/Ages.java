package io.nodejoin.dashboard.text;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ages in addresses: a whole number and {@code s}, {@code m}, {@code h} or {@code d}. */
public final class Ages {
    private static final Pattern AGE = Pattern.compile("(\\d{1,6})([smhd])");

    private Ages() {}

    /** Parses an age; empty if it is none. */
    public static Optional<Duration> parse(String text) {
        Matcher age = AGE.matcher(text);
        if (!age.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(age.group(1));
        return Optional.of(
                switch (age.group(2)) {
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                });
    }
}
