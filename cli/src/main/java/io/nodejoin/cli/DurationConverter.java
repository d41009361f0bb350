package io.nodejoin.cli;

import io.nodejoin.client.config.Durations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts an option's duration and checks its range before the command does anything. */
class DurationConverter implements ITypeConverter<Duration> {
    /** With a longer duration, the end may be no valid date in events. */
    private static final Duration MAX = Duration.ofDays(36_500);

    private final Duration min;

    /** Accepts any positive duration. */
    DurationConverter() {
        this(Duration.ofMillis(1));
    }

    DurationConverter(Duration min) {
        this.min = min;
    }

    @Override
    public Duration convert(String text) {
        Duration duration = duration(text);
        if (duration.compareTo(min) < 0 || duration.compareTo(MAX) > 0) {
            throw new TypeConversionException("'%s' is out of range; allowed: %s to %s"
                    .formatted(text, Durations.format(min), Durations.format(MAX)));
        }
        return duration;
    }

    private static Duration duration(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
