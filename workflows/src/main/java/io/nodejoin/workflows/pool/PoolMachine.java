package io.nodejoin.workflows.pool;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.MachineOffered;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A machine of a pool.
 *
 * @param state {@link MachineState#FREE} also of a machine whose agent was last seen too long ago to be given to a join
 * @param facts what it has said of itself last; absent if it was never seen
 * @param seenAt when its agent was last known to wait
 * @param binding of a bound machine
 * @param residue what the last join has left on a quarantined machine
 * @param withdrawn whether the inventory has taken a bound machine back, so that no other join takes it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PoolMachine(
        MachineOffered offer,
        MachineState state,
        @Nullable MachineFacts facts,
        @Nullable Instant seenAt,
        @Nullable Binding binding,
        List<String> residue,
        boolean withdrawn) {
    public PoolMachine {
        residue = List.copyOf(residue);
    }

    static PoolMachine offered(MachineOffered offer) {
        return new PoolMachine(offer, MachineState.OFFERED, null, null, null, List.of(), false);
    }

    PoolMachine sighted(MachineFacts now, Instant at) {
        MachineState next = state == MachineState.OFFERED ? MachineState.FREE : state;
        return new PoolMachine(offer, next, now, at, binding, residue, withdrawn);
    }

    PoolMachine away() {
        MachineState next = state == MachineState.FREE ? MachineState.OFFERED : state;
        return new PoolMachine(offer, next, facts, seenAt, binding, residue, withdrawn);
    }

    PoolMachine bound(Binding to) {
        return new PoolMachine(offer, MachineState.BOUND, facts, seenAt, to, List.of(), withdrawn);
    }

    PoolMachine released() {
        return new PoolMachine(offer, MachineState.OFFERED, facts, seenAt, null, List.of(), withdrawn);
    }

    PoolMachine quarantined(List<String> why) {
        return new PoolMachine(offer, MachineState.QUARANTINED, facts, seenAt, null, why, withdrawn);
    }

    PoolMachine with(MachineOffered newer) {
        return new PoolMachine(newer, state, facts, seenAt, binding, residue, false);
    }

    PoolMachine asWithdrawn() {
        return new PoolMachine(offer, state, facts, seenAt, binding, residue, true);
    }
}
