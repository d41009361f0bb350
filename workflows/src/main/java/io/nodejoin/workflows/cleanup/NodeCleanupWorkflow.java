package io.nodejoin.workflows.cleanup;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Takes back what a join or a leave has left whose workflow ended without doing so, with the compensations of the workflow itself, and
 * publishes the outcome that it owes. Runs beside the workflow of the node, which may run for another request by then.
 */
@WorkflowInterface
public interface NodeCleanupWorkflow {
    /** The signal {@link #agentConnected}. */
    String AGENT_CONNECTED = "agentConnected";

    /** Returns the workflow's id: one cleanup of a request at a time. */
    static String workflowId(ClusterName cluster, JoinId joinId) {
        return "node-cleanup/" + cluster + "/" + joinId;
    }

    /** Cleans up. Has no effect if the request runs, or nothing of it is left. */
    @WorkflowMethod
    void cleanUp(CleanupRequest request);

    /** Sends the reset of the host over this gateway replica: the agent of the ended join is connected to it. */
    @SignalMethod
    void agentConnected(AgentConnection connection);
}
