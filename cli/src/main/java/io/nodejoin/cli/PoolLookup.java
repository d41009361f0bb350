package io.nodejoin.cli;

import io.nodejoin.client.config.NearestName;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.visibility.pool.PoolDirectory;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The pools, for commands: what is not known or does not answer ends the command with a message and an exit code. */
record PoolLookup(PoolDirectory directory, TemporalCalls calls) {

    /** Returns the pools of a cluster and of a name; null means any. */
    List<PoolStatus> pools(@Nullable ClusterName cluster, @Nullable PoolName name) {
        return calls.valueOf(directory.pools()).stream()
                .filter(pool -> cluster == null || pool.pool().cluster().equals(cluster))
                .filter(pool -> name == null || pool.pool().pool().equals(name))
                .toList();
    }

    PoolStatus pool(PoolRef pool) {
        return calls.valueOf(directory.pool(pool));
    }

    PoolStatus setDraining(PoolRef pool, boolean draining) {
        return calls.valueOf(directory.setDraining(pool, draining));
    }

    /** Returns the machine with this id. Throws with a similar id if no pool has it, and with all if several have. */
    ListedMachine machine(@Nullable ClusterName cluster, @Nullable PoolName pool, MachineId id) {
        List<ListedMachine> all = ListedMachine.of(pools(cluster, pool));
        Predicate<ListedMachine> wanted = machine -> machine.machine().equals(id.value());
        List<ListedMachine> found = all.stream().filter(wanted).toList();
        if (found.size() > 1) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "several machines have this id: "
                            + found.stream().map(ListedMachine::reference).collect(Collectors.joining(", "))
                            + "; give --cluster and --pool",
                    null);
        }
        return found.stream().findFirst().orElseThrow(() -> unknown(id, all));
    }

    private static CliException unknown(MachineId id, List<ListedMachine> all) {
        String similar = NearestName.of(
                        id.value(), all.stream().map(ListedMachine::machine).collect(Collectors.toSet()))
                .map(name -> "; did you mean " + name + "?")
                .orElse("; nodejoin machines list shows those that there are");
        return new CliException(ExitCodes.NOT_FOUND, "no pool has a machine " + id + similar, null);
    }
}
