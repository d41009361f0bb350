package io.nodejoin.service.collector;

import io.nodejoin.activities.EffectGuard;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lets a garbage collector act only by facts that it has read lately: it reads older ones again, and does not act if
 * they have changed. A process that was suspended must not revoke the token of a join that was reset meanwhile. Each
 * thread has its own.
 */
final class FreshnessGuard implements EffectGuard {
    static final Duration MAX_AGE = Duration.ofSeconds(20);

    private final LongSupplier nanoTime;
    private Supplier<?> query = () -> MAX_AGE;
    private Object facts = MAX_AGE;
    private long readAt;

    FreshnessGuard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.readAt = nanoTime.getAsLong();
    }

    /** Reads the facts by which the next effects are decided. */
    <T> T read(Supplier<T> newQuery) {
        long now = nanoTime.getAsLong();
        T read = newQuery.get();
        query = newQuery;
        facts = read;
        readAt = now;
        return read;
    }

    @Override
    public void beforeEffect(String effect) {
        if (isFresh()) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (query.get().equals(facts)) {
            readAt = now;
        }
        if (!isFresh()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(
                            ErrorCode.WORKER_INTERRUPTED,
                            effect + " is not done: what it was decided by is older than " + MAX_AGE.toSeconds()
                                    + " s and cannot be confirmed"));
        }
    }

    private boolean isFresh() {
        return nanoTime.getAsLong() - readAt < MAX_AGE.toNanos();
    }
}
