package io.nodejoin.dashboard.text;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and times as people read them; times are UTC. */
public final class Format {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("MMM d, HH:mm", Locale.ENGLISH);
    private static final int TEN = 10;
    private static final int PERCENT = 100;
    private static final double ALMOST_ALL = 99.95;

    private Format() {}

    /** Returns two units at most: {@code 420 ms}, {@code 3.2 s}, {@code 47 s}, {@code 3 min 5 s}, {@code 2 h 3 min}. */
    public static String duration(Duration duration) {
        Duration time = duration.isNegative() ? Duration.ZERO : duration;
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            return time.toMillis() + " ms";
        }
        if (time.compareTo(Duration.ofSeconds(TEN)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
        }
        if (time.compareTo(Duration.ofMinutes(1)) < 0) {
            return time.toSeconds() + " s";
        }
        if (time.compareTo(Duration.ofHours(1)) < 0) {
            return pair(time.toMinutes(), "min", time.toSecondsPart(), "s");
        }
        return time.compareTo(Duration.ofDays(1)) < 0
                ? pair(time.toHours(), "h", time.toMinutesPart(), "min")
                : pair(time.toDays(), "d", time.toHoursPart(), "h");
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + " " + largeUnit : large + " " + largeUnit + " " + small + " " + smallUnit;
    }

    /** Returns the number with commas; a dash if it is negative, which means unknown. */
    public static String number(long number) {
        return number < 0 ? "–" : String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns a rate with one decimal below ten. */
    public static String rate(double rate) {
        return rate < TEN && rate != Math.rint(rate)
                ? String.format(Locale.ROOT, "%.1f", rate)
                : number(Math.round(rate));
    }

    /** Returns a ratio in per cent; 100 % only if it is all. */
    public static String percent(double ratio) {
        double percent = ratio * PERCENT;
        if (percent == PERCENT || percent == 0) {
            return Math.round(percent) + " %";
        }
        return String.format(Locale.ROOT, "%.1f %%", Math.min(percent, ALMOST_ALL - 0.05));
    }

    /** Returns the time of the day, with the day if it is not that of {@code now}. */
    public static String time(Instant at, Instant now) {
        boolean today = at.truncatedTo(ChronoUnit.DAYS).equals(now.truncatedTo(ChronoUnit.DAYS));
        return (today ? TIME : DAY_AND_TIME).format(at.atOffset(ZoneOffset.UTC));
    }

    /** Returns the time for machines. */
    public static String iso(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** Returns how much longer the first one is: {@code +40 %}; empty below a tenth or without both. */
    public static String change(@Nullable Duration now, @Nullable Duration before) {
        if (now == null || before == null || before.isZero()) {
            return "";
        }
        long percent = Math.round((double) now.toNanos() / before.toNanos() * PERCENT) - PERCENT;
        if (Math.abs(percent) < TEN) {
            return "";
        }
        return (percent > 0 ? "+" : "−") + Math.abs(percent) + " %";
    }
}
