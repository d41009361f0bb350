package io.nodejoin.workflows.lifecycle;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An admitted request.
 *
 * @param generation the event's time; a later event for the same node has a higher one
 * @param spec the event's data
 * @param deadline when the join fails unless it has succeeded
 * @param confinedToPool whether it may act only on nodes and requests of its own pool, since the key that signed it is
 *     limited to pools; absent means that it may act on any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JoinRequest(
        JoinId joinId,
        Instant generation,
        JoinRequested spec,
        Instant deadline,
        JoinPolicy policy,
        @Nullable Boolean confinedToPool)
        implements NodeRequest {

    @Override
    public @Nullable PoolName pool() {
        return spec.pool();
    }

    @Override
    public boolean mayReplace(@Nullable PoolName other) {
        PoolName required = requiredPool();
        return required == null || required.equals(other);
    }

    /** Returns the digest of the machine's enrollment secret; throws {@link NullPointerException} before the join has a machine. */
    public String enrollment() {
        return Objects.requireNonNull(spec.enrollment(), "the join has no machine");
    }

    /** Returns whether this is the request of a {@link MachineBindingWorkflow} with the machine that it has got. */
    public boolean hasWaitedForMachine() {
        return !spec.needsMachine() && spec.wantedMachine().id() != null && !spec.declaresRejoin();
    }

    /** Returns this request with the machine that it has got. */
    public JoinRequest with(BoundMachine machine) {
        return new JoinRequest(
                joinId, generation, spec.with(machine.offer(), machine.addresses()), deadline, policy, confinedToPool);
    }

    /** Returns the pool of everything that this join may replace; null if it may replace anything. */
    public @Nullable PoolName requiredPool() {
        return Boolean.TRUE.equals(confinedToPool) ? spec.pool() : null;
    }

    @Override
    public NodeRef node() {
        return new NodeRef(spec.cluster(), spec.nodeName());
    }
}
