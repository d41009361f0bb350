package io.nodejoin.workflows.lifecycle;

import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One node's way out of its cluster, to exactly one outcome. It runs under the id of the node's joins, see
 * {@link NodeJoinWorkflow#workflowId}: a node does not join and leave at once. Agents speak to it as they speak to a join.
 */
@WorkflowInterface
public interface NodeLeaveWorkflow {

    /** Runs the leave. Whatever happens, it ends with one outcome event, and this is its end. */
    @WorkflowMethod
    JoinResult leave(LeaveRequest request);

    /** Lets the agent speak for this leave if it has the secret and the key of the join that made the node. */
    @UpdateMethod
    EnrollmentBinding enroll(EnrollmentProof proof);

    /** Refuses a wrong proof before anything is recorded, once it is known whose the node is. */
    @UpdateValidatorMethod(updateName = "enroll")
    void validateEnroll(EnrollmentProof proof);

    /** The agent is connected to this gateway replica; commands go there from now on. The newest one counts. */
    @SignalMethod
    void agentConnected(AgentConnection connection);

    /** A running command has reached a mark. A repeat changes nothing. */
    @SignalMethod
    void milestoneReached(MilestoneReport report);

    /** Gives the leave up: the node takes pods again. */
    @UpdateMethod
    AbortResponse abort(AbortRequest request);

    /** Refuses to give up a leave whose node is drained: it has nothing left to stay for. */
    @UpdateValidatorMethod(updateName = "abort")
    void validateAbort(AbortRequest request);

    /**
     * An event wants the leave to be given up, as {@link #abort} does; unlike that it is taken while no worker answers. What is over
     * already, or was asked for later, stays as it is. A repeat changes nothing.
     */
    @SignalMethod
    void cancelRequested(AbortRequest request);

    /**
     * A newer request for this node has come and runs next under this id. A leave whose node is not drained yet is given up for
     * it; one that is drained ends first. One that is not newer ends as superseded itself. A repeat changes nothing.
     */
    @SignalMethod
    void superseded(NodeRequest newer);

    /** Where the leave stands. */
    @QueryMethod
    JoinProgress progress();
}
