package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.workflows.pool.Binding;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolMachine;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A machine of a pool for people and programs. The digest of its secret is nobody's business.
 *
 * @param node the node of a bound machine
 * @param joinId the join that has taken it
 * @param boundSince when it did
 * @param facts what it has said of itself last; absent if it was never seen
 * @param lastSeen when its agent was last known to wait
 * @param residue what the last join has left on it
 * @param withdrawn whether the inventory has taken it back while it is bound
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ListedMachine(
        String cluster,
        String pool,
        String machine,
        MachineState state,
        @Nullable String node,
        @Nullable String joinId,
        @Nullable Instant boundSince,
        @Nullable MachineFacts facts,
        @Nullable Instant lastSeen,
        Map<String, String> labels,
        @Nullable String endorsementKey,
        @Nullable String systemUuid,
        List<String> residue,
        boolean withdrawn) {

    static List<ListedMachine> of(List<PoolStatus> pools) {
        return pools.stream()
                .flatMap(pool -> pool.machines().stream().map(machine -> of(pool.pool(), machine)))
                .toList();
    }

    private static ListedMachine of(PoolRef pool, PoolMachine machine) {
        MachineOffered offer = machine.offer();
        Binding binding = machine.binding();
        return new ListedMachine(
                pool.cluster().value(),
                pool.pool().value(),
                offer.machine().value(),
                machine.state(),
                binding == null ? null : binding.node().value(),
                binding == null ? null : binding.joinId().value(),
                seconds(binding == null ? null : binding.since()),
                machine.facts(),
                seconds(machine.seenAt()),
                offer.labels(),
                offer.endorsementKey(),
                offer.systemUuid(),
                machine.residue(),
                machine.withdrawn());
    }

    private static @Nullable Instant seconds(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS);
    }

    String reference() {
        return cluster + "/" + pool + "/" + machine;
    }
}
