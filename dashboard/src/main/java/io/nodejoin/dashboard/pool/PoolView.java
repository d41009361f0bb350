package io.nodejoin.dashboard.pool;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.workflows.pool.BindRequest;
import io.nodejoin.workflows.pool.Binding;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolMachine;
import io.nodejoin.workflows.pool.PoolStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A pool.
 *
 * @param draining whether joins take no more machines of it
 * @param counts how many machines are in each state
 * @param waiting the joins that wait for a machine, the oldest first
 * @param machines by id
 */
public record PoolView(
        ClusterName cluster,
        PoolName pool,
        boolean draining,
        Counts counts,
        List<WaitingJoin> waiting,
        List<Machine> machines) {
    public PoolView {
        waiting = List.copyOf(waiting);
        machines = List.copyOf(machines);
    }

    /** Makes the view of a pool. The digests of its machines' secrets are not in it. */
    static PoolView of(PoolStatus status, Function<BindRequest, @Nullable String> reason) {
        return new PoolView(
                status.pool().cluster(),
                status.pool().pool(),
                status.draining(),
                Counts.of(status.machines()),
                status.waiting().stream()
                        .map(request -> WaitingJoin.of(request, reason.apply(request)))
                        .toList(),
                status.machines().stream().map(Machine::of).toList());
    }

    /** How many machines are in each state. */
    public record Counts(long offered, long free, long bound, long quarantined) {
        private static Counts of(List<PoolMachine> machines) {
            return new Counts(
                    count(machines, MachineState.OFFERED),
                    count(machines, MachineState.FREE),
                    count(machines, MachineState.BOUND),
                    count(machines, MachineState.QUARANTINED));
        }

        private static long count(List<PoolMachine> machines, MachineState state) {
            return machines.stream().filter(machine -> machine.state() == state).count();
        }
    }

    /**
     * A join that waits for a machine.
     *
     * @param reason why there is none for it; null if that is not known
     */
    public record WaitingJoin(
            NodeName node,
            JoinId joinId,
            Instant since,
            Instant deadline,
            RequestedMachine wanted,
            @Nullable String reason) {
        private static WaitingJoin of(BindRequest request, @Nullable String reason) {
            return new WaitingJoin(
                    request.node(), request.joinId(), request.since(), request.deadline(), request.wanted(), reason);
        }
    }

    /**
     * A machine.
     *
     * @param node the node of a bound machine
     * @param joinId the join that has taken it
     * @param boundSince when it did
     * @param facts what it has said of itself last; null if it was never seen
     * @param lastSeen when its agent was last known to wait; null if never
     * @param residue what the last join has left on it
     * @param withdrawn whether the inventory has taken it back while it is bound
     */
    public record Machine(
            MachineId machine,
            MachineState state,
            @Nullable NodeName node,
            @Nullable JoinId joinId,
            @Nullable Instant boundSince,
            @Nullable MachineFacts facts,
            @Nullable Instant lastSeen,
            Map<String, String> labels,
            List<String> residue,
            boolean withdrawn) {
        private static Machine of(PoolMachine machine) {
            Binding binding = machine.binding();
            return new Machine(
                    machine.offer().machine(),
                    machine.state(),
                    binding == null ? null : binding.node(),
                    binding == null ? null : binding.joinId(),
                    binding == null ? null : binding.since(),
                    machine.facts(),
                    machine.seenAt(),
                    machine.offer().labels(),
                    machine.residue(),
                    machine.withdrawn());
        }
    }
}
