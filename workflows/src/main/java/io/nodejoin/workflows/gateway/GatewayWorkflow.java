package io.nodejoin.workflows.gateway;

import io.nodejoin.workflows.pool.PoolRef;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Stands for one gateway replica: it does nothing, and its queries are answered by the replica, which alone polls its task
 * queue, from the replica's memory. What they return is in no history.
 */
@WorkflowInterface
public interface GatewayWorkflow {
    /** The workflow's type. */
    String TYPE = "GatewayWorkflow";

    /** Returns the ID of the workflow of the replica with this instance name. */
    static String workflowId(String instance) {
        return "gateway/" + instance;
    }

    /** Runs until Temporal ends it at the run timeout, so that a replica that is gone is not listed for ever. */
    @WorkflowMethod
    void run();

    /**
     * Returns what has come of a host's log, without waiting, and asks the host's agent for new lines during the next
     * seconds. Ask again every second or two for as long as somebody reads.
     */
    @QueryMethod
    HostLogPage hostLog(HostLogQuery query);

    /** Returns the agents at this replica. */
    @QueryMethod
    GatewayAgents agents();

    /**
     * Lets the joins of a pool begin again that failures have stopped at this replica. Returns whether they were stopped; no
     * effect if they were not.
     */
    @QueryMethod
    boolean resumePool(PoolRef pool);
}
