package io.nodejoin.dashboard.preview;

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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pool with a machine in each state, and a join that none of them fits. */
public final class InventedPools implements PoolDirectory {
    /** The pool. */
    public static final PoolRef BATCH = new PoolRef(InventedJoins.FRA, new PoolName("batch"));
    /** The digest of the secret of each machine. */
    public static final String DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private final Instant now;
    private final InventedJoins joins;
    private volatile boolean draining;

    InventedPools(InventedJoins joins, Instant now) {
        this.joins = joins;
        this.now = now;
    }

    boolean draining() {
        return draining;
    }

    private PoolStatus batch() {
        return new PoolStatus(
                BATCH,
                draining,
                List.of(
                        machine("rack-1", MachineState.FREE, null),
                        machine("rack-2", MachineState.BOUND, new NodeName("worker-0900.fra.example")),
                        machine("rack-3", MachineState.QUARANTINED, null),
                        machine("rack-4", MachineState.OFFERED, null)),
                joins.all().stream()
                        .map(InventedJoins.InventedJoin::summary)
                        .filter(join -> join.open() && join.node().cluster().equals(InventedJoins.FRA))
                        .limit(1)
                        .map(join -> waiting(join.node().name(), join.runId()))
                        .toList());
    }

    private BindRequest waiting(NodeName node, String runId) {
        return new BindRequest(
                JoinId.of("invented", runId),
                node,
                "node-join/fra-1/" + node,
                "run",
                now.minusSeconds(60),
                now.plus(Duration.ofMinutes(9)),
                new RequestedMachine(null, null, null, Map.of(), 64, 256L << 30));
    }

    private PoolMachine machine(String id, MachineState state, @Nullable NodeName node) {
        boolean seen = state != MachineState.OFFERED;
        ClusterName cluster = BATCH.cluster();
        return new PoolMachine(
                new MachineOffered(
                        cluster, BATCH.pool(), new MachineId(id), DIGEST, Map.of("zone", "fra-1a"), null, null),
                state,
                seen ? new MachineFacts("amd64", 16, 64L << 30, 500L << 30, List.of("10.0.3.12"), null) : null,
                seen ? now.minus(Duration.ofMinutes(3)) : null,
                node == null ? null : new Binding(JoinId.of("invented", "1"), node, now.minusSeconds(42)),
                state == MachineState.QUARANTINED ? List.of("Host: <b>/etc/kubernetes</b> is left") : List.of(),
                false);
    }

    @Override
    public Lookup<List<PoolStatus>> pools() {
        return new Lookup.Found<>(List.of(batch()));
    }

    @Override
    public Lookup<PoolStatus> pool(PoolRef pool) {
        return pool.equals(BATCH)
                ? new Lookup.Found<>(batch())
                : new Lookup.NotFound<>("there is no pool " + pool.pool() + " in " + pool.cluster());
    }

    @Override
    public Lookup<PoolStatus> setDraining(PoolRef pool, boolean wanted) {
        if (pool.equals(BATCH)) {
            draining = wanted;
        }
        return pool(pool);
    }
}
