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
 * How many tokens of a cluster may be alive at a time. Each has its signature in cluster-info, an object of bounded size
 * that every change sends to everybody who watches it. A ledger is counted at most every two seconds; what this process has
 * claimed since then is added. Replicas that count at the same moment may together exceed the cap by what each claims until
 * it counts again.
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
     * Claims room for one more token.
     *
     * @param ledgerCount counts the tokens that may be alive
     */
    void claim(ClusterName cluster, IntSupplier ledgerCount) {
        int limit = limits.applyAsInt(cluster);
        if (!usage(cluster).claim(limit, ledgerCount)) {
            throw Failures.of(
                    FailureType.THROTTLED,
                    new Problem(
                            ErrorCode.TOKEN_QUOTA_EXCEEDED,
                            limit + " tokens of cluster " + cluster + " may be alive, no more are allowed at a time"));
        }
    }

    private synchronized Usage usage(ClusterName cluster) {
        return usages.computeIfAbsent(cluster, _ -> new Usage());
    }

    /** One cluster's API server does not keep the others waiting. */
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
