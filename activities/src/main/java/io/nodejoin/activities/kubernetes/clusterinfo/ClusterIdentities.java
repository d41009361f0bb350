package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.SingleFlight;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The identities of clusters, each read at most once a minute: one changes only with an upgrade or a restore. */
final class ClusterIdentities {
    private static final long VALID_NANOS = Duration.ofMinutes(1).toNanos();

    private final ClusterClients clients;
    private final LongSupplier nanoTime;
    private final Map<ClusterName, Reading> readings = new ConcurrentHashMap<>();
    private final SingleFlight<ClusterName, Reading> reads = new SingleFlight<>();

    private record Reading(ClusterIdentity identity, long readAt) {}

    ClusterIdentities(ClusterClients clients, LongSupplier nanoTime) {
        this.clients = clients;
        this.nanoTime = nanoTime;
    }

    /** Creates the identities with the machine's monotonic clock. */
    static ClusterIdentities of(ClusterClients clients) {
        return new ClusterIdentities(clients, System::nanoTime);
    }

    ClusterIdentity get(ClusterName cluster) {
        Reading last = readings.get(cluster);
        if (last == null || nanoTime.getAsLong() - last.readAt() >= VALID_NANOS) {
            last = reads.get(cluster, () -> read(cluster));
        }
        return last.identity();
    }

    private Reading read(ClusterName cluster) {
        long begun = nanoTime.getAsLong();
        Reading reading = new Reading(ClusterIdentity.read(clients.client(cluster)), begun);
        readings.put(cluster, reading);
        return reading;
    }
}
