package io.nodejoin.service.janitor;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;

/** A lock that knows, on the monotonic clock, until when its last renewal holds: an elector may die without saying so. */
final class Renewal implements Lock {
    private final Lock lock;
    private final Duration life;
    private volatile long ends;

    Renewal(Lock lock, Duration life) {
        this.lock = lock;
        this.life = life;
        this.ends = System.nanoTime() + life.toNanos();
    }

    /** When the Lease ends unless it is renewed again, as {@link System#nanoTime()}. */
    long ends() {
        return ends;
    }

    @Override
    public LeaderElectionRecord get(KubernetesClient client) {
        return lock.get(client);
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord wanted) {
        long asked = System.nanoTime();
        lock.create(client, wanted);
        ends = asked + life.toNanos();
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord wanted) {
        long asked = System.nanoTime();
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
