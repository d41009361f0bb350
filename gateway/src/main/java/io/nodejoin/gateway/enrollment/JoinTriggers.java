package io.nodejoin.gateway.enrollment;

import io.nodejoin.workflows.node.NodeRef;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Wakes those who wait for a join of their name. Being woken proves nothing: they ask again. */
public final class JoinTriggers {
    private final Map<NodeRef, Set<CountDownLatch>> waiting = new ConcurrentHashMap<>();

    /** A latch that opens at the next hint; to be had before asking, and given back with {@link #unregister}. */
    CountDownLatch register(NodeRef node) {
        CountDownLatch latch = new CountDownLatch(1);
        waiting.compute(node, (_, latches) -> {
            Set<CountDownLatch> all = latches == null ? new HashSet<>() : latches;
            all.add(latch);
            return all;
        });
        return latch;
    }

    void unregister(NodeRef node, CountDownLatch latch) {
        waiting.computeIfPresent(node, (_, latches) -> {
            latches.remove(latch);
            return latches.isEmpty() ? null : latches;
        });
    }

    public void joinStarted(NodeRef node) {
        Set<CountDownLatch> latches = waiting.remove(node);
        if (latches != null) {
            latches.forEach(CountDownLatch::countDown);
        }
    }

    void triggerAll() {
        waiting.keySet().forEach(this::joinStarted);
    }
}
