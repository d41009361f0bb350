package io.nodejoin.service.collector;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** What the janitor of one cluster counts. */
final class JanitorMeters {
    private static final String CLUSTER = "cluster";

    private final MeterRegistry meters;
    private final ClusterName cluster;
    private final AtomicLong orphanNanos = new AtomicLong();

    JanitorMeters(MeterRegistry meters, ClusterName cluster) {
        this.meters = meters;
        this.cluster = cluster;
        TimeGauge.builder("nodejoin_janitor_orphan_age", orphanNanos::get, TimeUnit.NANOSECONDS)
                .description("how long the oldest join that is over is known to the janitor with something left to do")
                .tag(CLUSTER, cluster.value())
                .register(meters);
    }

    /** Shows whether this replica leads, as long as the supplier lives. */
    void leading(BooleanSupplier leader) {
        Gauge.builder("nodejoin_janitor_leader", leader, held -> held.getAsBoolean() ? 1 : 0)
                .description("1 on the replica whose janitor acts")
                .tag(CLUSTER, cluster.value())
                .strongReference(true)
                .register(meters);
    }

    void swept(boolean done) {
        meters.counter("nodejoin_janitor_sweeps", CLUSTER, cluster.value(), "result", done ? "done" : "failed")
                .increment();
    }

    void revoked() {
        meters.counter("nodejoin_janitor_revoked", CLUSTER, cluster.value()).increment();
    }

    void told() {
        meters.counter("nodejoin_janitor_outcomes", CLUSTER, cluster.value()).increment();
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
}
