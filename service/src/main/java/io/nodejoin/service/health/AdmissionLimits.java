package io.nodejoin.service.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.dashboard.ServiceStatus.BindingLimit;
import io.nodejoin.dashboard.ServiceStatus.BindingLimits;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says which limits hold the joins of a cluster back, by what this process measures and probes anyway. A limit of another
 * replica, such as a partition that it has paused, is not seen here; the tokens of a cluster are counted by all.
 */
public final class AdmissionLimits {
    /** Some always arrive while others are processed. */
    private static final int BACKLOG = 100;
    /** Longer than Nodejoin waits after a 429 before it asks again. */
    private static final Duration THROTTLED_FOR = Duration.ofSeconds(30);

    private final MeterRegistry meters;
    private final Supplier<List<Readiness.Dependency>> dependencies;
    private final @Nullable ApiThrottling throttling;

    /**
     * @param dependencies the latest results of all probes
     * @param throttling null if this process reaches no cluster
     */
    public AdmissionLimits(
            MeterRegistry meters,
            Supplier<List<Readiness.Dependency>> dependencies,
            @Nullable ApiThrottling throttling) {
        this.meters = meters;
        this.dependencies = dependencies;
        this.throttling = throttling;
    }

    /** Returns what binds now; does not block. */
    public BindingLimits of(ClusterName cluster) {
        Map<String, Readiness.Dependency> parts =
                dependencies.get().stream().collect(Collectors.toMap(Readiness.Dependency::name, Function.identity()));
        List<BindingLimit> binding = new ArrayList<>();
        addUnready(binding, BindingLimit.Kind.TEMPORAL, parts.get("temporal"), "no worker takes joins up");
        addUnready(binding, BindingLimit.Kind.KAFKA, parts.get("kafka"), "Kafka is not ready");
        addIntake(binding, parts.get("intake"));
        addWorkerSlots(binding);
        addUnready(binding, BindingLimit.Kind.CLUSTER, parts.get("cluster " + cluster), "the cluster is not ready");
        addTokens(binding, cluster);
        if (throttling != null) {
            throttling
                    .sinceLast(cluster)
                    .filter(age -> age.compareTo(THROTTLED_FOR) <= 0)
                    .ifPresent(age -> binding.add(new BindingLimit(
                            BindingLimit.Kind.API_SERVER,
                            "its API server limits Nodejoin's requests (429), last " + age.toSeconds() + " s ago")));
        }
        return new BindingLimits(binding, throttling != null);
    }

    private static void addUnready(
            List<BindingLimit> binding, BindingLimit.Kind kind, Readiness.@Nullable Dependency part, String what) {
        if (part != null && part.notReadyReason() != null) {
            binding.add(new BindingLimit(kind, what + ": " + part.notReadyReason()));
        }
    }

    private void addIntake(List<BindingLimit> binding, Readiness.@Nullable Dependency part) {
        long paused = total("nodejoin_intake_partitions_paused").orElse(0L);
        long unread = total("nodejoin_intake_lag").orElse(0L);
        if (paused > 0) {
            binding.add(new BindingLimit(
                    BindingLimit.Kind.INTAKE,
                    (paused == 1 ? "1 partition" : paused + " partitions") + " of the requests topic "
                            + (paused == 1 ? "is" : "are") + " paused"));
        } else {
            addUnready(binding, BindingLimit.Kind.INTAKE, part, "requests are not read");
        }
        if (unread >= BACKLOG) {
            binding.add(new BindingLimit(BindingLimit.Kind.BACKLOG, unread + " requests are not read yet"));
        }
    }

    private void addWorkerSlots(List<BindingLimit> binding) {
        String types = meters.find("temporal_worker_task_slots_available").gauges().stream()
                .filter(slots -> slots.value() <= 0 && used(slots) > 0)
                .map(slots -> slots.getId().getTag("worker_type"))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        if (!types.isEmpty()) {
            binding.add(new BindingLimit(
                    BindingLimit.Kind.WORKER_SLOTS, "every task slot of this replica is in use: " + types));
        }
    }

    /** A worker that runs no task of a kind has no slots for it either. */
    private double used(Gauge available) {
        Gauge used = meters.find("temporal_worker_task_slots_used")
                .tags(available.getId().getTags())
                .gauge();
        return used == null ? 0 : used.value();
    }

    private void addTokens(List<BindingLimit> binding, ClusterName cluster) {
        Optional<Long> alive = gauge("nodejoin_tokens_alive", cluster);
        Optional<Long> limit = gauge("nodejoin_tokens_limit", cluster);
        if (alive.isPresent() && limit.isPresent() && alive.get() >= limit.get()) {
            binding.add(new BindingLimit(
                    BindingLimit.Kind.TOKEN_QUOTA, alive.get() + " of " + limit.get() + " tokens exist (maxTokens)"));
        }
    }

    private Optional<Long> gauge(String name, ClusterName cluster) {
        return sum(meters.find(name).tag("cluster", cluster.value()).gauges());
    }

    private Optional<Long> total(String name) {
        return sum(meters.find(name).gauges());
    }

    private static Optional<Long> sum(Collection<Gauge> gauges) {
        return gauges.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Math.round(gauges.stream().mapToDouble(Gauge::value).sum()));
    }
}
