package io.nodejoin.activities.kubernetes;

import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The clocks of the clusters' API servers. Each is read at most every ten seconds, once for all who ask; in between, the monotonic clock of
 * this process continues it.
 */
public final class ServerClocks {
    private static final long VALID_NANOS = Duration.ofSeconds(10).toNanos();

    private final ClusterClients clients;
    private final LongSupplier nanoTime;
    private final Map<ClusterName, Reading> readings = new ConcurrentHashMap<>();
    private final SingleFlight<ClusterName, Reading> reads = new SingleFlight<>();

    ServerClocks(ClusterClients clients, LongSupplier nanoTime) {
        this.clients = clients;
        this.nanoTime = nanoTime;
    }

    /** Creates the clocks with the machine's monotonic clock. */
    public static ServerClocks of(ClusterClients clients) {
        return new ServerClocks(clients, System::nanoTime);
    }

    /** A time that an API server reported, and this process's monotonic clock before it was asked. */
    private record Reading(Instant serverTime, long readAt) {}

    /** Returns the cluster's time in whole seconds. Throws what {@link ServerTime#fetch} throws. */
    public Instant now(ClusterName cluster) {
        long now = nanoTime.getAsLong();
        Reading last = readings.get(cluster);
        if (last == null || now - last.readAt() >= VALID_NANOS) {
            return reads.get(cluster, () -> read(cluster)).serverTime();
        }
        return last.serverTime().plusNanos(now - last.readAt()).truncatedTo(ChronoUnit.SECONDS);
    }

    private Reading read(ClusterName cluster) {
        long begun = nanoTime.getAsLong();
        Reading reading = new Reading(ServerTime.fetch(clients.client(cluster)), begun);
        readings.put(cluster, reading);
        return reading;
    }
}
