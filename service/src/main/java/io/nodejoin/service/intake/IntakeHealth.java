package io.nodejoin.service.intake;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health of the intake, as its thread reports it. Thread-safe. Logs a problem when it starts, and again from time
 * to time.
 */
final class IntakeHealth {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeHealth.class);
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(30);
    /** Longer than any call for a record, or an iteration, takes. */
    private static final Duration STALLED_AFTER = Duration.ofSeconds(60);

    private final LongSupplier nanoTime;
    private volatile Report latest = new Report("not started", null, 0);
    private volatile long lastProgress;
    private volatile long lag;
    private long lastLogged;

    IntakeHealth(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastProgress = nanoTime.getAsLong();
    }

    /**
     * What the intake's thread reports.
     *
     * @param notReadyReason why no records are processed, or null
     * @param warning why some partitions are paused while others are processed, or null
     * @param waiting number of paused partitions
     */
    record Report(@Nullable String notReadyReason, @Nullable String warning, int waiting) {
        static Report blocked(String obstacle) {
            return new Report(obstacle, null, 0);
        }

        private @Nullable String problem() {
            return notReadyReason == null ? warning : notReadyReason;
        }
    }

    /** Records that an iteration or a record starts. */
    void recordProgress() {
        lastProgress = nanoTime.getAsLong();
    }

    void stopped() {
        latest = Report.blocked("stopped");
    }

    void report(Report report) {
        String before = latest.problem();
        String now = report.problem();
        if (now == null && before != null) {
            LOG.info("intake reads all its partitions");
        } else if (now != null && (before == null || nanoTime.getAsLong() - lastLogged >= LOG_INTERVAL.toNanos())) {
            LOG.warn("intake is blocked, records stay in Kafka: {}", now);
            lastLogged = nanoTime.getAsLong();
        }
        latest = report;
    }

    @Nullable String notReadyReason() {
        Report report = latest;
        Duration stalled = Duration.ofNanos(nanoTime.getAsLong() - lastProgress);
        return report.notReadyReason() == null && stalled.compareTo(STALLED_AFTER) > 0
                ? "no progress for " + stalled.toSeconds() + " s"
                : report.notReadyReason();
    }

    @Nullable String warning() {
        return latest.warning();
    }

    /** Records how many records of its partitions are not read. */
    void recordLag(long records) {
        lag = records;
    }

    long lag() {
        return lag;
    }

    int waiting() {
        return latest.waiting();
    }
}
