package io.nodejoin.workflows.pool;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.SignalExternalWorkflowException;
import io.temporal.workflow.Workflow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The workflow of a pool, as a workflow of a node speaks to it. */
public final class PoolOwner {
    private final PoolWorkflow pool;

    public PoolOwner(PoolRef ref) {
        pool = Workflow.newExternalWorkflowStub(PoolWorkflow.class, PoolWorkflow.workflowId(ref));
    }

    /** Requests a machine. Returns false if no machine was ever offered to the pool. */
    public boolean request(BindRequest request) {
        return send(() -> pool.request(request));
    }

    /** Withdraws the request; a machine that it has got is given back. */
    public void withdraw(JoinId join) {
        boolean _ = send(() -> pool.withdrawRequest(join));
    }

    /**
     * Gives the machine of a node back to its pool, if it is of one. Without an effect if there is no such pool any more.
     *
     * @param joinId the join that has the machine
     * @param spec the request of the node's join; null if it is unknown
     * @param hostResidue what is left on the machine
     */
    public static void release(NodeRef node, JoinId joinId, @Nullable JoinRequested spec, List<String> hostResidue) {
        if (spec != null && spec.pool() != null && spec.wantedMachine().id() != null) {
            release(node, spec.pool(), new MachineRelease(joinId, node.name(), hostResidue));
        }
    }

    /**
     * Gives back the machine that this join has got. Without an effect if the pool has given it none, or has it back.
     *
     * @param residue what is left on the machine
     */
    public static void release(NodeRef node, PoolName pool, JoinId joinId, List<String> residue) {
        release(node, pool, new MachineRelease(joinId, node.name(), residue));
    }

    /** Gives back the machine of a node that is gone, whose host was not reset. Without an effect if the pool has none of that node. */
    public static void releaseWithoutReset(NodeRef node, PoolName pool) {
        release(
                node,
                pool,
                new MachineRelease(null, node.name(), List.of("Host: not reset: its Node was gone before the leave")));
    }

    private static void release(NodeRef node, PoolName pool, MachineRelease release) {
        PoolOwner owner = new PoolOwner(new PoolRef(node.cluster(), pool));
        boolean _ = send(() -> owner.pool.release(release));
    }

    private static boolean send(Runnable message) {
        try {
            message.run();
            return true;
        } catch (SignalExternalWorkflowException | TemporalFailure _) {
            return false;
        }
    }
}
