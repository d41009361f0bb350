package io.nodejoin.gateway.admission;

import io.nodejoin.activities.LruMap;
import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.node.NodeRef;
import java.util.Map;
import java.util.Optional;

/** The pools of one cluster. Joins without a pool are never held back here. Not thread-safe. */
final class PoolRamps {
    private static final int MAX_POOLS = 1_000;

    private final AdmissionSettings settings;
    private final Map<String, PoolRamp> ramps = new LruMap<>(MAX_POOLS);
    private final Map<NodeRef, String> pools;

    PoolRamps(AdmissionSettings settings) {
        this.settings = settings;
        this.pools = new LruMap<>(settings.maxPlaces());
    }

    boolean mayBegin(String pool, long now) {
        return isWithoutPool(pool) || ramp(pool).mayBegin(now);
    }

    void began(AdmissionRequest request, long now) {
        if (!isWithoutPool(request.tenant())) {
            pools.put(request.node(), request.tenant());
            ramp(request.tenant()).began(request.node(), now);
        }
    }

    /** No effect unless the node's join began here. */
    void joined(NodeRef node) {
        String pool = pools.remove(node);
        if (pool != null) {
            ramp(pool).joined(node);
        }
    }

    /** No effect unless the node's join began here. */
    void failed(NodeRef node, ErrorCode code, long now) {
        String pool = pools.get(node);
        if (pool != null) {
            ramp(pool).failed(node, code, now);
        }
    }

    /** No effect unless the node's join began here. */
    void withdrawn(NodeRef node) {
        String pool = pools.get(node);
        if (pool != null) {
            ramp(pool).withdrawn(node);
        }
    }

    void removeExpired(long now) {
        ramps.values().forEach(ramp -> ramp.removeExpired(now));
    }

    Optional<String> waitReason(String pool, long now) {
        return Optional.ofNullable(ramps.get(pool)).flatMap(ramp -> ramp.waitReason(now));
    }

    /** Returns whether it was stopped. */
    boolean resume(String pool) {
        PoolRamp ramp = ramps.get(pool);
        if (ramp == null || !ramp.isStopped()) {
            return false;
        }
        ramp.resume();
        return true;
    }

    long countStopped() {
        return ramps.values().stream().filter(PoolRamp::isStopped).count();
    }

    private static boolean isWithoutPool(String pool) {
        return pool.isEmpty();
    }

    private PoolRamp ramp(String pool) {
        return ramps.computeIfAbsent(pool, name -> new PoolRamp(name, settings));
    }
}
