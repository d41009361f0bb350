package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.workflows.pool.BindRequest;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A pool for people and programs.
 *
 * @param draining whether joins take no more machines of it
 * @param machines how many there are in each state
 * @param waiting the joins that wait for a machine, the oldest first
 */
record ListedPool(
        String cluster, String pool, boolean draining, Map<MachineState, Long> machines, List<WaitingJoin> waiting) {

    static ListedPool of(PoolStatus status) {
        Map<MachineState, Long> machines = new EnumMap<>(MachineState.class);
        for (MachineState state : MachineState.values()) {
            machines.put(
                    state,
                    status.machines().stream()
                            .filter(machine -> machine.state() == state)
                            .count());
        }
        return new ListedPool(
                status.pool().cluster().value(),
                status.pool().pool().value(),
                status.draining(),
                machines,
                status.waiting().stream().map(WaitingJoin::of).toList());
    }

    /** A join that waits for a machine of a pool. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record WaitingJoin(String node, String joinId, Instant since, Instant deadline, RequestedMachine wanted) {
        private static WaitingJoin of(BindRequest request) {
            return new WaitingJoin(
                    request.node().value(),
                    request.joinId().value(),
                    request.since().truncatedTo(ChronoUnit.SECONDS),
                    request.deadline().truncatedTo(ChronoUnit.SECONDS),
                    request.wanted());
        }

        /** Returns what it wants, in words. */
        String wants() {
            List<String> wants = new ArrayList<>();
            if (wanted.id() != null) {
                wants.add(wanted.id().value());
            }
            if (wanted.minCpus() != null) {
                wants.add(wanted.minCpus() + " CPUs");
            }
            if (wanted.minMemoryBytes() != null) {
                wants.add(MemoryConverter.format(wanted.minMemoryBytes()));
            }
            wanted.labels().forEach((key, value) -> wants.add(key + "=" + value));
            if (wanted.endorsementKey() != null) {
                wants.add("one endorsement key");
            }
            if (wanted.systemUuid() != null) {
                wants.add("one system UUID");
            }
            return wants.isEmpty() ? "any" : String.join(", ", wants);
        }
    }

    String reference() {
        return cluster + "/" + pool;
    }

    String count(MachineState state) {
        return machines.getOrDefault(state, 0L).toString();
    }

    long total() {
        return machines.values().stream().mapToLong(Long::longValue).sum();
    }
}
