package io.nodejoin.client.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks of the config records; each message names key, value and allowed range. */
public final class Check {
    private Check() {}

    /** Returns the value, or the fallback if there is none. */
    public static <T> T orDefault(@Nullable T value, T fallback) {
        return value == null ? fallback : value;
    }

    /** Throws if there is no value. */
    public static <T> T required(@Nullable T value, String key) {
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing; it has no default");
        }
        return value;
    }

    /** Throws if there is nothing but blanks. */
    public static String notBlank(String key, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(key + " is empty");
        }
        return value;
    }

    /** Throws if the value is not between the two, or one of them. */
    public static Duration range(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("%s is %s; allowed: %s to %s"
                    .formatted(key, Durations.format(value), Durations.format(min), Durations.format(max)));
        }
        return value;
    }

    /** Throws if the value is not between the two, or one of them. */
    public static int range(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s is %d; allowed: %d to %d".formatted(key, value, min, max));
        }
        return value;
    }
}
