package io.nodejoin.activities;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Reports a 401 or 403 as permanent only after {@link #PERSISTENT_AFTER}: an API server that has just started refuses
 * requests before its RBAC caches are filled, and its access reviews answer wrongly.
 */
final class PersistentRefusals {
    static final Duration PERSISTENT_AFTER = Duration.ofSeconds(20);
    private static final int MAX_ACTIVITIES = 10_000;
    private static final Set<ErrorCode> RIGHTS_MISSING =
            EnumSet.of(ErrorCode.CLUSTER_AUTH_FAILED, ErrorCode.CLUSTER_NOT_PREPARED);

    private final InstantSource clock;
    private final Map<String, Instant> firstRefusals = Collections.synchronizedMap(new LruMap<>(MAX_ACTIVITIES));

    /** @param clock measures durations; it need not tell the time of day, but must not jump */
    PersistentRefusals(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Returns the failure, or a retryable one while the refusal is recent.
     *
     * @param activity identifies one activity across its retries
     */
    TemporalFailure retryUntilPersistent(String activity, TemporalFailure failure) {
        Problem problem = Failures.problemOf(failure);
        boolean refused = RIGHTS_MISSING.contains(problem.code())
                && Failures.typeOf(failure)
                        .filter(FailureType.FORBIDDEN::equals)
                        .isPresent();
        if (!refused) {
            firstRefusals.remove(activity);
            return failure;
        }
        Instant now = clock.instant();
        Instant first = firstRefusals.computeIfAbsent(activity, _ -> now);
        if (now.isBefore(first.plus(PERSISTENT_AFTER))) {
            return Failures.of(FailureType.UNAVAILABLE, problem);
        }
        firstRefusals.remove(activity);
        return failure;
    }
}
