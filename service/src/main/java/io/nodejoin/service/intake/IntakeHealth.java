package io.nodejoin.service.intake;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the intake is, as its thread tells it; anybody may ask. What stands in the way is logged when it comes, and once in a while. */
final class IntakeHealth {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeHealth.class);
    private static final Duration REMIND = Duration.ofSeconds(30);
    /** Longer than any call takes that a record or a turn needs. */
    private static final Duration STANDS_STILL = Duration.ofSeconds(60);

    private final LongSupplier nanoTime;
    private volatile Report latest = new Report("not started", null, 0);
    private volatile long moved;
    private long reminded;

    IntakeHealth(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.moved = nanoTime.getAsLong();
    }

    /**
     * What the intake says of itself.
     *
     * @param obstacle why no records are read, or null
     * @param warning why some are not read though others are, or null
     * @param waiting how many partitions wait
     */
    record Report(@Nullable String obstacle, @Nullable String warning, int waiting) {
        static Report blocked(String obstacle) {
            return new Report(obstacle, null, 0);
        }

        private @Nullable String trouble() {
            return obstacle == null ? warning : obstacle;
        }
    }

    /** A turn or a record begins. */
    void moves() {
        moved = nanoTime.getAsLong();
    }

    void stopped() {
        latest = Report.blocked("stopped");
    }

    void tell(Report report) {
        String before = latest.trouble();
        String now = report.trouble();
        if (now == null && before != null) {
            LOG.info("intake reads all its partitions");
        } else if (now != null && (before == null || nanoTime.getAsLong() - reminded >= REMIND.toNanos())) {
            LOG.warn("intake waits, nothing is lost: {}", now);
            reminded = nanoTime.getAsLong();
        }
        latest = report;
    }

    @Nullable String obstacle() {
        Report report = latest;
        Duration still = Duration.ofNanos(nanoTime.getAsLong() - moved);
        return report.obstacle() == null && still.compareTo(STANDS_STILL) > 0
                ? "nothing has moved for " + still.toSeconds() + " s"
                : report.obstacle();
    }

    @Nullable String warning() {
        return latest.warning();
    }

    int waiting() {
        return latest.waiting();
    }
}
