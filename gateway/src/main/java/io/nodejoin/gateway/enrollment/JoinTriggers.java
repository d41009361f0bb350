package io.nodejoin.gateway.enrollment;

import io.nodejoin.workflows.node.NodeRef;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Wakes enrollments that wait for a join of their node. A trigger only: they query again. */
public final class JoinTriggers {
    private final Map<NodeRef, Set<CountDownLatch>> waiting = new ConcurrentHashMap<>();

    /**
     * Registers a latch that opens at the next trigger. Register before querying, and {@link #unregister} afterwards.
     */
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
