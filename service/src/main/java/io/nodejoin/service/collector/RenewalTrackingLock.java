package io.nodejoin.service.collector;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A lock that measures lease expiry by this process's monotonic clock, as client-go does: another holder's record is as
 * old as the time for which it has been observed unchanged, since its renewTime is of another machine's clock. It also
 * knows when its own last renewal expires, because an elector may fail silently.
 */
final class RenewalTrackingLock implements Lock {
    private final Lock lock;
    private final Duration life;
    private final LongSupplier nanoTime;
    private volatile long ends;
    private @Nullable LeaderElectionRecord seen;
    private long seenAt;

    RenewalTrackingLock(Lock lock, Duration life, LongSupplier nanoTime) {
        this.lock = lock;
        this.life = life;
        this.nanoTime = nanoTime;
        this.ends = nanoTime.getAsLong() + life.toNanos();
    }

    /** Returns when the Lease expires unless it is renewed, as {@link System#nanoTime()}. */
    long expiresAtNanos() {
        return ends;
    }

    @Override
    public synchronized @Nullable LeaderElectionRecord get(KubernetesClient client) {
        LeaderElectionRecord latest = lock.get(client);
        if (latest == null || identity().equals(latest.getHolderIdentity())) {
            return latest;
        }
        if (!latest.equals(seen)) {
            seen = latest;
            seenAt = nanoTime.getAsLong();
        }
        return latest.toBuilder()
                .renewTime(ZonedDateTime.now(ZoneOffset.UTC).minusNanos(nanoTime.getAsLong() - seenAt))
                .build();
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord wanted) {
        long asked = nanoTime.getAsLong();
        lock.create(client, wanted);
        ends = asked + life.toNanos();
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord wanted) {
        long asked = nanoTime.getAsLong();
        lock.update(client, wanted);
        ends = asked + life.toNanos();
    }

    @Override
    public String identity() {
        return lock.identity();
    }

    @Override
    public String describe() {
        return lock.describe();
    }
}
