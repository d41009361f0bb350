package io.nodejoin.workflows.pool;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.event.MachineOffered;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * Owns the machines of one pool: nobody else knows which join has which machine. It runs as long as the pool has a machine or a
 * join waits for one, and starts with an offer.
 */
@WorkflowInterface
public interface PoolWorkflow {
    /** The workflow's type. */
    String TYPE = "PoolWorkflow";

    /** Returns the ID of the workflow of this pool. */
    static String workflowId(PoolRef pool) {
        return "pool/" + pool.cluster() + "/" + pool.pool();
    }

    /**
     * Gives machines to joins, until the pool has none and no join waits.
     *
     * @param status of the run before; absent in the first run
     */
    @WorkflowMethod
    void run(PoolRef pool, @Nullable PoolStatus status);

    /** Adds a machine, or replaces the offer of one. The same offer again changes nothing. */
    @UpdateMethod
    void offer(MachineOffered offer);

    /**
     * Rejects an offer with {@link io.nodejoin.protocol.ErrorCode#MACHINE_OFFER_CONFLICT}: its secret is that of another
     * machine, the machine is bound and was offered with another secret, or the pool is full.
     */
    @UpdateValidatorMethod(updateName = "offer")
    void validateOffer(MachineOffered offer);

    /** Removes a machine; one that is bound is removed when its node has left. Without an effect if there is none. */
    @UpdateMethod
    void withdraw(MachineId machine);

    /** Tells that the agent of a machine waits at a gateway. Tell it again every ten minutes while it does. */
    @UpdateMethod
    SightingAnswer sighted(MachineSighting sighting);

    /** Rejects a machine that was not offered, so that it leaves nothing in the history. */
    @UpdateValidatorMethod(updateName = "sighted")
    void validateSighted(MachineSighting sighting);

    /** Tells that the agent with this secret waits no more. */
    @SignalMethod
    void away(String secretDigest);

    /** Gives the join a machine, or lets it wait for one until its deadline. The answers are signals to the run. Idempotent. */
    @SignalMethod
    void request(BindRequest request);

    /** The join needs no machine any more. */
    @SignalMethod
    void withdrawRequest(JoinId joinId);

    /** Takes a machine back. Without an effect if none is bound to that join of the node. */
    @SignalMethod
    void release(MachineRelease release);

    /** Sets whether joins take no more machines. */
    @UpdateMethod
    void setDraining(boolean draining);

    /** Returns all machines and waiting joins. */
    @QueryMethod
    PoolStatus status();
}
