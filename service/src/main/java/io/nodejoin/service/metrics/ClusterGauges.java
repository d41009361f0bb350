package io.nodejoin.service.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.activities.kubernetes.KubeconfigExpiry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.service.config.ClusterConfig;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Temporal and the kubeconfig files say of each cluster, asked from time to time. NaN, which matches no alert, while
 * it is not known.
 */
public final class ClusterGauges {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterGauges.class);
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final List<Phase> PHASES =
            Arrays.stream(Phase.values()).filter(phase -> !phase.terminal()).toList();

    private final Map<ClusterName, ClusterConfig> clusters;
    private final WorkflowClient temporal;
    private final ScheduledExecutorService scheduler;
    private final Map<Key, Double> inProgress = new ConcurrentHashMap<>();
    private final Map<ClusterName, Double> expiries = new ConcurrentHashMap<>();
    private @Nullable volatile Future<?> repeated;

    /** @param temporal a client that fails fast when Temporal is unavailable */
    public ClusterGauges(
            Map<ClusterName, ClusterConfig> clusters,
            WorkflowClient temporal,
            ScheduledExecutorService scheduler,
            MeterRegistry meters) {
        this.clusters = Map.copyOf(clusters);
        this.temporal = temporal;
        this.scheduler = scheduler;
        this.clusters.forEach((cluster, config) -> register(cluster, config, meters));
    }

    private record Key(ClusterName cluster, Phase phase) {}

    public void start() {
        repeated = scheduler.scheduleWithFixedDelay(
                () -> SupervisedLoop.runIteration("measuring clusters", this::measure),
                0,
                INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    public void stop() {
        Future<?> running = repeated;
        if (running != null) {
            running.cancel(true);
        }
    }

    void measure() {
        clusters.forEach((cluster, config) -> expiries.put(
                cluster,
                KubeconfigExpiry.read(config.kubeconfigFile())
                        .map(ClusterGauges::unixTime)
                        .orElse(Double.NaN)));
        try {
            clusters.keySet().forEach(cluster -> PHASES.forEach(phase -> count(new Key(cluster, phase))));
        } catch (RuntimeException e) { // whatever the client throws, the counts are unknown now
            LOG.debug("Temporal does not count joins", e);
            inProgress.clear();
        }
    }

    private void count(Key key) {
        String query = "%s = '%s' AND %s = '%s' AND ExecutionStatus = 'Running'"
                .formatted(
                        JoinSearchAttributes.CLUSTER.getName(),
                        key.cluster(),
                        JoinSearchAttributes.PHASE.getName(),
                        key.phase());
        inProgress.put(key, (double) temporal.countWorkflows(query).getCount());
    }

    private void register(ClusterName cluster, ClusterConfig config, MeterRegistry meters) {
        String name = cluster.value();
        registerAtZero(name, meters);
        for (Phase phase : PHASES) {
            Key key = new Key(cluster, phase);
            Gauge.builder(ScrapedMeter.JOINS_IN_PROGRESS.id(), () -> inProgress.getOrDefault(key, Double.NaN))
                    .tags("cluster", name, "phase", phase.name())
                    .register(meters);
        }
        Gauge.builder(ScrapedMeter.TOKENS_LIMIT.id(), config::maxTokens)
                .tags("cluster", name)
                .register(meters);
        Gauge.builder(ScrapedMeter.CERTIFICATE_EXPIRY.id(), () -> expiries.getOrDefault(cluster, Double.NaN))
                .tags("certificate", "cluster " + name)
                .register(meters);
    }

    /** A counter that appears with its first count has no increase that an alert could see. */
    private static void registerAtZero(String cluster, MeterRegistry meters) {
        meters.counter(ScrapedMeter.REVOCATIONS_UNVERIFIED.id(), "cluster", cluster);
        meters.counter(ScrapedMeter.FOREIGN_KEY_CSRS.id(), "cluster", cluster);
        meters.counter(ScrapedMeter.FOREIGN_SIGNER_CSRS.id(), "cluster", cluster);
        for (String outcome : List.of("succeeded", "failed", "cancelled")) {
            meters.timer(ScrapedMeter.JOIN_DURATION.id(), "cluster", cluster, "outcome", outcome);
        }
    }

    private static double unixTime(Instant time) {
        return time.getEpochSecond();
    }
}
