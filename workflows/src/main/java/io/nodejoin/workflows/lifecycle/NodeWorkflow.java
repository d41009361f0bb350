package io.nodejoin.workflows.lifecycle;

import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;

/** The updates, signals and the query of a node's workflow, whether it joins or leaves. */
public interface NodeWorkflow {

    /**
     * Binds the agent's key to this run if the proof is that of the node's join, and sends commands over its connection
     * from now on, as {@link #agentConnected} does. The same proof gets the same response.
     */
    @UpdateMethod
    EnrollmentBinding enroll(EnrollmentProof proof);

    /** Rejects a wrong secret or another key before the update enters the history. */
    @UpdateValidatorMethod(updateName = "enroll")
    void validateEnroll(EnrollmentProof proof);

    /** Sends commands over this gateway replica from now on: the agent is connected to it. The newest connection counts. */
    @SignalMethod
    void agentConnected(AgentConnection connection);

    /** Records a milestone of a running command. Idempotent. */
    @SignalMethod
    void milestoneReached(MilestoneReport report);

    /** Aborts the join, which compensates and ends as Cancelled, or the leave, which uncordons the node and ends as Failed. */
    @UpdateMethod
    AbortResponse abort(AbortRequest request);

    /** Rejects an abort of a newer or ended request, or of one that cannot be aborted any more. */
    @UpdateValidatorMethod(updateName = "abort")
    void validateAbort(AbortRequest request);

    /**
     * Aborts as {@link #abort} does, without a response, so that no worker needs to run. Ignored if {@link
     * #validateAbort} would reject it. Idempotent.
     */
    @SignalMethod
    void cancelRequested(AbortRequest request);

    /**
     * Enqueues a newer request for this node, which runs next under this id. Aborts the running one with SUPERSEDED,
     * unless it cannot be aborted any more. An older request ends as superseded itself. Idempotent.
     */
    @SignalMethod
    void superseded(NodeRequest newer);

    /** Returns the progress of the join or leave. */
    @QueryMethod
    JoinProgress progress();
}
