package io.nodejoin.cli;

import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.pool.PoolDirectory;
import io.nodejoin.workflows.pool.BindRequest;
import io.nodejoin.workflows.pool.Binding;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolMachine;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The pools that a test puts into it. */
final class FakePools implements PoolDirectory {
    static final Instant NOW = Instant.parse("2026-11-25T10:15:30Z");
    static final String DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    static final PoolRef BATCH = ref("batch");

    private final Map<String, PoolStatus> pools = new TreeMap<>();

    static PoolRef ref(String pool) {
        return new PoolRef(new ClusterName("fra-1"), new PoolName(pool));
    }

    FakePools with(PoolRef pool, List<PoolMachine> machines, List<BindRequest> waiting) {
        pools.put(pool.pool().value(), new PoolStatus(pool, false, machines, waiting));
        return this;
    }

    PoolLookup lookup() {
        return new PoolLookup(
                this, new TemporalCalls(TemporalEndpoint.of(TemporalConfig.withDefaults("temporal:7233"))));
    }

    static PoolMachine machine(String id, MachineState state) {
        boolean seen = state != MachineState.OFFERED;
        return new PoolMachine(
                new MachineOffered(
                        BATCH.cluster(), BATCH.pool(), new MachineId(id), DIGEST, Map.of("zone", "a"), null, null),
                state,
                seen ? facts() : null,
                seen ? NOW.minusSeconds(90) : null,
                state == MachineState.BOUND ? new Binding(JoinId.of("t", id), new NodeName("w1"), NOW) : null,
                state == MachineState.QUARANTINED ? List.of("Host: /etc/kubernetes is left") : List.of(),
                false);
    }

    private static MachineFacts facts() {
        return new MachineFacts("amd64", 16, 67_430_260_736L, 501_809_635_328L, List.of("10.0.3.12"), null);
    }

    static BindRequest waiting(String node, RequestedMachine wanted) {
        return new BindRequest(
                JoinId.of("t", node),
                new NodeName(node),
                "node-join/fra-1/" + node,
                "run",
                NOW.minusSeconds(60),
                NOW.plusSeconds(540),
                wanted);
    }

    @Override
    public Lookup<List<PoolStatus>> pools() {
        return new Lookup.Found<>(List.copyOf(pools.values()));
    }

    @Override
    public Lookup<PoolStatus> pool(PoolRef pool) {
        @Nullable PoolStatus known = pools.get(pool.pool().value());
        return known == null
                ? new Lookup.NotFound<>("there is no pool " + pool.pool() + " in " + pool.cluster())
                : new Lookup.Found<>(known);
    }

    @Override
    public Lookup<PoolStatus> setDraining(PoolRef pool, boolean draining) {
        pools.computeIfPresent(
                pool.pool().value(), (_, known) -> new PoolStatus(pool, draining, known.machines(), known.waiting()));
        return pool(pool);
    }
}
