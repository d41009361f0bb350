package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The identities of clusters, each read at most once a minute: one changes only with an upgrade or a restore. */
final class ClusterIdentities {
    private static final Duration VALIDITY = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final Map<ClusterName, Remembered> identities = new ConcurrentHashMap<>();

    private record Remembered(ClusterIdentity identity, long readAt) {}

    ClusterIdentities(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    ClusterIdentity of(ClusterName cluster, KubernetesClient client) {
        long now = nanoTime.getAsLong();
        return Optional.ofNullable(identities.get(cluster))
                .filter(known -> now - known.readAt() < VALIDITY.toNanos())
                .map(Remembered::identity)
                .orElseGet(() -> {
                    ClusterIdentity read = ClusterIdentity.read(client);
                    identities.put(cluster, new Remembered(read, now));
                    return read;
                });
    }
}
