package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * Limits the live tokens per cluster, since each adds a signature to cluster-info, an object of bounded size that is
 * sent to every watcher on each change. The ledger is counted at most every two seconds; this process adds its own
 * claims in between. Replicas that count at the same time may together exceed the quota by what each claims until its
 * next count.
 */
final class TokenQuota {
    private static final long COUNT_VALID_NANOS = Duration.ofSeconds(2).toNanos();

    private final ToIntFunction<ClusterName> limits;
    private final LongSupplier nanoTime;
    private final Map<ClusterName, Usage> usages = new HashMap<>();

    TokenQuota(ToIntFunction<ClusterName> limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /**
     * Claims one more token. Fails with THROTTLED if the quota is used up.
     *
     * @param ledgerCount counts the tokens that may exist
     */
    void claim(ClusterName cluster, IntSupplier ledgerCount) {
        int limit = limits.applyAsInt(cluster);
        if (!usage(cluster).claim(limit, ledgerCount)) {
            throw Failures.of(
                    FailureType.THROTTLED,
                    new Problem(
                            ErrorCode.TOKEN_QUOTA_EXCEEDED,
                            limit + " tokens of cluster " + cluster + " may exist, which is the maximum"));
        }
    }

    private synchronized Usage usage(ClusterName cluster) {
        return usages.computeIfAbsent(cluster, _ -> new Usage());
    }

    /** The usage of one cluster. Each has its own lock, so that a slow API server delays no other cluster. */
    private final class Usage {
        private long countedAt;
        private int tokens;
        private boolean counted;

        synchronized boolean claim(int limit, IntSupplier ledgerCount) {
            long now = nanoTime.getAsLong();
            if (!counted || now - countedAt >= COUNT_VALID_NANOS) {
                tokens = ledgerCount.getAsInt();
                countedAt = now;
                counted = true;
            }
            if (tokens >= limit) {
                return false;
            }
            tokens++;
            return true;
        }
    }
}
