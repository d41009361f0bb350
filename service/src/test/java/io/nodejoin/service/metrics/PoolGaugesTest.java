package io.nodejoin.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.pool.PoolDirectory;
import io.nodejoin.workflows.pool.BindRequest;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolMachine;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolGaugesTest {
    private static final PoolRef POOL = new PoolRef(new ClusterName("fra-1"), new PoolName("batch"));

    private final PrometheusMeterRegistry meters = MeterRegistries.create();
    private final ManualScheduler time = new ManualScheduler();
    private final FakePools pools = new FakePools();
    private final PoolGauges gauges = new PoolGauges(pools, time, meters);

    private static final class FakePools implements PoolDirectory {
        private Lookup<List<PoolStatus>> answer = new Lookup.Found<>(List.of());

        @Override
        public Lookup<List<PoolStatus>> pools() {
            return answer;
        }

        @Override
        public Lookup<PoolStatus> pool(PoolRef pool) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Lookup<PoolStatus> setDraining(PoolRef pool, boolean draining) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void shouldCountMachinesByStateAndJoinsThatWait() {
        // given
        pools.answer = new Lookup.Found<>(List.of(new PoolStatus(
                POOL,
                false,
                List.of(machine("m-1", MachineState.FREE), machine("m-2", MachineState.FREE)),
                List.of(waiting()))));

        // when
        gauges.start();
        time.advance(Duration.ZERO);

        // then
        assertThat(meters.scrape())
                .contains("nodejoin_pool_machines{cluster=\"fra-1\",pool=\"batch\",state=\"free\"} 2.0")
                .contains("nodejoin_pool_machines{cluster=\"fra-1\",pool=\"batch\",state=\"offered\"} 0.0")
                .contains("nodejoin_pool_machines{cluster=\"fra-1\",pool=\"batch\",state=\"bound\"} 0.0")
                .contains("nodejoin_pool_machines{cluster=\"fra-1\",pool=\"batch\",state=\"quarantined\"} 0.0")
                .contains("nodejoin_pool_waiting_joins{cluster=\"fra-1\",pool=\"batch\"} 1.0");
    }

    @Test
    void shouldFollowAPoolAndForgetItOnceItIsGone() {
        // given
        pools.answer = new Lookup.Found<>(
                List.of(new PoolStatus(POOL, false, List.of(machine("m-1", MachineState.FREE)), List.of())));
        gauges.start();
        time.advance(Duration.ZERO);

        // when
        pools.answer = new Lookup.Found<>(
                List.of(new PoolStatus(POOL, false, List.of(machine("m-1", MachineState.BOUND)), List.of())));
        time.advance(Duration.ofSeconds(30));
        String afterBinding = meters.scrape();
        pools.answer = new Lookup.Found<>(List.of());
        time.advance(Duration.ofSeconds(30));

        // then
        assertThat(afterBinding)
                .contains("nodejoin_pool_machines{cluster=\"fra-1\",pool=\"batch\",state=\"free\"} 0.0")
                .contains("nodejoin_pool_machines{cluster=\"fra-1\",pool=\"batch\",state=\"bound\"} 1.0");
        assertThat(meters.scrape()).doesNotContain("pool=\"batch\"");
    }

    @Test
    void shouldSayNothingWhileTemporalDoesNotAnswer() {
        // given
        pools.answer = new Lookup.Found<>(
                List.of(new PoolStatus(POOL, false, List.of(machine("m-1", MachineState.FREE)), List.of())));
        gauges.start();
        time.advance(Duration.ZERO);

        // when
        pools.answer = new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, "away");
        time.advance(Duration.ofSeconds(30));

        // then
        assertThat(meters.scrape()).doesNotContain("pool=\"batch\"");
    }

    private static PoolMachine machine(String id, MachineState state) {
        MachineOffered offer = new MachineOffered(
                POOL.cluster(), POOL.pool(), new MachineId(id), "0f".repeat(32), Map.of(), null, null);
        return new PoolMachine(offer, state, null, null, null, List.of(), false);
    }

    private static BindRequest waiting() {
        Instant since = Instant.parse("2026-12-07T10:00:00Z");
        return new BindRequest(
                JoinId.of("test", "1"),
                new NodeName("n1"),
                "node-join/fra-1/n1",
                "run",
                since,
                since.plusSeconds(60),
                RequestedMachine.ANY);
    }
}
