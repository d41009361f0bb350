package io.nodejoin.service.collector;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The metrics of one cluster's garbage collector. */
final class CollectorMetrics {
    private static final String CLUSTER = "cluster";

    private final MeterRegistry meters;
    private final ClusterName cluster;
    private final AtomicLong orphanNanos = new AtomicLong();
    private final AtomicLong oldestRequestNanos = new AtomicLong();
    private final AtomicInteger tokensAlive;
    private final AtomicInteger tokensOrphaned;

    CollectorMetrics(MeterRegistry meters, ClusterName cluster) {
        this.meters = meters;
        this.cluster = cluster;
        TimeGauge.builder("nodejoin_garbage_collector_orphan_age", orphanNanos::get, TimeUnit.NANOSECONDS)
                .tag(CLUSTER, cluster.value())
                .register(meters);
        TimeGauge.builder("nodejoin_oldest_request_age", oldestRequestNanos::get, TimeUnit.NANOSECONDS)
                .tag(CLUSTER, cluster.value())
                .register(meters);
        tokensAlive = gauge("nodejoin_tokens_alive");
        tokensOrphaned = gauge("nodejoin_tokens_orphaned");
    }

    private AtomicInteger gauge(String name) {
        return meters.gauge(name, Tags.of(CLUSTER, cluster.value()), new AtomicInteger());
    }

    /**
     * Reports the tokens in the cluster's ledger.
     *
     * @param orphaned those of joins whose cleanup should have ended
     */
    void tokens(int alive, int orphaned) {
        tokensAlive.set(alive);
        tokensOrphaned.set(orphaned);
    }

    /** Reports the age of the oldest request without an outcome. */
    void oldestRequest(Duration age) {
        oldestRequestNanos.set(age.toNanos());
    }

    void cycleCompleted(boolean done) {
        meters.counter(
                        "nodejoin_garbage_collector_cycles",
                        CLUSTER,
                        cluster.value(),
                        "result",
                        done ? "done" : "failed")
                .increment();
    }

    void cleanupStarted() {
        meters.counter("nodejoin_garbage_collector_cleanups_started", CLUSTER, cluster.value())
                .increment();
    }

    void foreignSignerRequested() {
        meters.counter("nodejoin_foreign_signer_csrs", CLUSTER, cluster.value()).increment();
    }

    void quarantinedNodeRemoved() {
        meters.counter("nodejoin_quarantined_nodes_removed", CLUSTER, cluster.value())
                .increment();
    }

    void nodeReplaced() {
        meters.counter("nodejoin_nodes_replaced", CLUSTER, cluster.value()).increment();
    }

    void oldestOrphan(Duration age) {
        orphanNanos.set(age.toNanos());
    }

    Duration orphanAge() {
        return Duration.ofNanos(orphanNanos.get());
    }
}
