package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** One join of one machine, from its admitted request to exactly one outcome. */
@WorkflowInterface
public interface NodeJoinWorkflow {

    /** The workflow's id: one open join per node of a cluster. */
    static String workflowId(ClusterName cluster, NodeName node) {
        return "node-join/" + cluster + "/" + node;
    }

    /** Runs the join. Whatever happens, it ends with one outcome event, and this is its end. */
    @WorkflowMethod
    JoinResult join(JoinRequest request);

    /**
     * Binds the agent's key to this join if the secret's digest is the one in the request. The first key wins; the same key
     * again gets the same answer.
     */
    @UpdateMethod
    EnrollmentBinding enroll(EnrollmentProof proof);

    /** Refuses a wrong secret and a second key before anything is recorded: guesses neither harm the join nor fill its history. */
    @UpdateValidatorMethod(updateName = "enroll")
    void validateEnroll(EnrollmentProof proof);

    /** The agent is connected to this gateway replica; commands go there from now on. The newest one counts. */
    @SignalMethod
    void agentConnected(AgentConnection connection);

    /** A running command has reached a mark. A repeat changes nothing. */
    @SignalMethod
    void milestoneReached(MilestoneReport report);

    /** Cancels the join: it compensates and ends as Cancelled. */
    @UpdateMethod
    AbortResponse abort(AbortRequest request);

    /** Refuses to abort a join that is already compensating or ended. */
    @UpdateValidatorMethod(updateName = "abort")
    void validateAbort(AbortRequest request);

    /**
     * An event wants the join to be given up, as {@link #abort} does; unlike that it is taken while no worker answers. What is over
     * already, or was asked for later, stays as it is. A repeat changes nothing.
     */
    @SignalMethod
    void cancelRequested(AbortRequest request);

    /**
     * A newer request for this node has come: the join compensates and ends as Cancelled with SUPERSEDED, and the newer one
     * runs next under this id. One that is not newer ends as superseded itself. A repeat changes nothing.
     */
    @SignalMethod
    void superseded(NodeRequest newer);

    /** Where the join stands. */
    @QueryMethod
    JoinProgress progress();
}
