package io.nodejoin.dashboard.overview;

import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.visibility.event.JoinStatistics;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges a cluster by what its joins did in the last hour, and by what holds them back. */
final class ClusterStatus {
    private static final double GOOD = 0.95;
    private static final double TOLERABLE = 0.8;
    /** Of fewer joins a ratio says nothing. */
    private static final long MIN_DECIDED = 5;

    private ClusterStatus() {}

    static Level level(
            JoinStatistics hour, @Nullable Duration oldestOpen, Duration p99, List<ServiceStatus.BindingLimit> limits) {
        Level age = oldestOpen != null && oldestOpen.compareTo(p99) > 0 ? Level.ATTENTION : Level.OK;
        Level speed = limits.isEmpty() ? Level.OK : Level.ATTENTION;
        return age.or(speed).or(ratio(hour));
    }

    private static Level ratio(JoinStatistics hour) {
        double ratio = hour.successRatio().orElse(1.0);
        if (ratio >= GOOD) {
            return Level.OK;
        }
        boolean enough = hour.succeeded() + hour.failed() >= MIN_DECIDED;
        return enough && ratio < TOLERABLE ? Level.BAD : Level.ATTENTION;
    }
}
