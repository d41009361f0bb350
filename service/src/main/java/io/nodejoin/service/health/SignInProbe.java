package io.nodejoin.service.health;

import io.nodejoin.dashboard.access.SignIn;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Warns while nobody can sign in to the dashboard. Joins do not depend on it, so that it never makes a replica not ready. */
public final class SignInProbe implements Readiness.Probe {
    /** The issuer is a stranger's: it is not asked as often as the service's own parts. */
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final SignIn signIn;
    private final LongSupplier nanoTime;
    private volatile @Nullable Result latest;

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public SignInProbe(SignIn signIn, LongSupplier nanoTime) {
        this.signIn = signIn;
        this.nanoTime = nanoTime;
    }

    private record Result(@Nullable String problem, long at) {}

    @Override
    public @Nullable String notReadyReason() {
        Result known = latest;
        long now = nanoTime.getAsLong();
        if (known == null || now - known.at() >= INTERVAL.toNanos()) {
            latest = new Result(signIn.problem(), now);
        }
        return null;
    }

    @Override
    public @Nullable String warning() {
        Result known = latest;
        return known == null || known.problem() == null ? null : "nobody can sign in: " + known.problem();
    }
}
