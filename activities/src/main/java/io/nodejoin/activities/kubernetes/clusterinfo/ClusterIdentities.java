package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.activities.kubernetes.ClusterClients;
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
        long now = nanoTime.getAsLong();
        Reading last = readings.get(cluster);
        if (last == null || now - last.readAt() >= VALID_NANOS) {
            last = new Reading(ClusterIdentity.read(clients.client(cluster)), now);
            readings.put(cluster, last);
        }
        return last.identity();
    }
}
