package io.nodejoin.service.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.pool.PoolDirectory;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolMachine;
import io.nodejoin.workflows.pool.PoolStatus;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many machines and waiting joins each pool has, asked from time to time. Absent while it is not known, and once a pool is gone. */
public final class PoolGauges {
    private static final Logger LOG = LoggerFactory.getLogger(PoolGauges.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final PoolDirectory pools;
    private final ScheduledExecutorService scheduler;
    private final MultiGauge machines;
    private final MultiGauge waitingJoins;
    private @Nullable volatile Future<?> repeated;

    public PoolGauges(PoolDirectory pools, ScheduledExecutorService scheduler, MeterRegistry meters) {
        this.pools = pools;
        this.scheduler = scheduler;
        this.machines = MultiGauge.builder(ScrapedMeter.POOL_MACHINES.id()).register(meters);
        this.waitingJoins =
                MultiGauge.builder(ScrapedMeter.POOL_WAITING_JOINS.id()).register(meters);
    }

    public void start() {
        repeated = scheduler.scheduleWithFixedDelay(
                () -> SupervisedLoop.runIteration("measuring pools", this::measure),
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
        List<PoolStatus> known = switch (pools.pools()) {
            case Lookup.Found<List<PoolStatus>>(List<PoolStatus> found) -> found;
            case Lookup.NotFound<List<PoolStatus>> _ -> List.of();
            case Lookup.Unreachable<List<PoolStatus>>(Lookup.Source _, String detail) -> {
                LOG.debug("the pools cannot be counted: {}", detail);
                yield List.of();
            }
        };
        machines.register(rows(known, PoolGauges::machineRows), true);
        waitingJoins.register(
                rows(
                        known,
                        pool -> Stream.of(
                                MultiGauge.Row.of(tags(pool), pool.waiting().size()))),
                true);
    }

    private static List<MultiGauge.Row<?>> rows(
            List<PoolStatus> pools, Function<PoolStatus, Stream<MultiGauge.Row<?>>> rows) {
        return pools.stream().flatMap(rows).toList();
    }

    /** A state without a machine has a row too, so that an alert sees that it is zero. */
    private static Stream<MultiGauge.Row<?>> machineRows(PoolStatus pool) {
        Map<MachineState, Long> counts = pool.machines().stream()
                .collect(Collectors.groupingBy(
                        PoolMachine::state, () -> new EnumMap<>(MachineState.class), Collectors.counting()));
        return Arrays.stream(MachineState.values())
                .map(state -> MultiGauge.Row.of(
                        tags(pool).and("state", state.name().toLowerCase(Locale.ROOT)),
                        counts.getOrDefault(state, 0L)));
    }

    private static Tags tags(PoolStatus pool) {
        return Tags.of(
                "cluster",
                pool.pool().cluster().value(),
                "pool",
                pool.pool().pool().value());
    }
}
