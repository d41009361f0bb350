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
final class TokenCap {
    private static final long STANDS_NANOS = Duration.ofSeconds(2).toNanos();

    private final ToIntFunction<ClusterName> caps;
    private final LongSupplier nanoTime;
    private final Map<ClusterName, Count> counts = new HashMap<>();

    TokenCap(ToIntFunction<ClusterName> caps, LongSupplier nanoTime) {
        this.caps = caps;
        this.nanoTime = nanoTime;
    }

    /**
     * Claims room for one more token.
     *
     * @param ledger counts the tokens that may be alive
     */
    void claim(ClusterName cluster, IntSupplier ledger) {
        int cap = caps.applyAsInt(cluster);
        if (!of(cluster).claim(cap, ledger)) {
            throw Failures.of(
                    FailureType.THROTTLED,
                    new Problem(
                            ErrorCode.TOKEN_CAP_REACHED,
                            cap + " tokens of cluster " + cluster + " may be alive, no more are allowed at a time"));
        }
    }

    private synchronized Count of(ClusterName cluster) {
        return counts.computeIfAbsent(cluster, _ -> new Count());
    }

    /** One cluster's API server does not keep the others waiting. */
    private final class Count {
        private long takenAt;
        private int tokens;
        private boolean taken;

        synchronized boolean claim(int cap, IntSupplier ledger) {
            long now = nanoTime.getAsLong();
            if (!taken || now - takenAt >= STANDS_NANOS) {
                tokens = ledger.getAsInt();
                takenAt = now;
                taken = true;
            }
            if (tokens >= cap) {
                return false;
            }
            tokens++;
            return true;
        }
    }
}
