package io.nodejoin.workflows.hostcommand;

import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import java.time.Duration;
import java.time.Instant;

/**
 * The retry budget of one command. The time limit is per replica: sends that are lost with a dead replica count only by
 * number, since the host may have responded to them.
 */
final class CommandRetryBudget {
    private final Duration timeout;
    private AgentConnection connection;
    private Instant deadline;
    private int lostSends;
    private boolean agentReportedAway;

    CommandRetryBudget(Duration limit, AgentConnection at) {
        this.timeout = limit;
        this.connection = at;
        this.deadline = WorkflowTime.now().plus(limit);
    }

    /** Returns how long to wait for the agent to reconnect after a lost send. */
    Duration reconnectTimeout() {
        return lostSends == 0 ? StepOptions.RESEND_INTERVAL : StepOptions.RECONNECT_TIMEOUT;
    }

    /**
     * Records a lost send.
     *
     * @param reportedAway whether a replica has reported that the agent is disconnected
     */
    void recordLoss(boolean reportedAway) {
        lostSends++;
        agentReportedAway = reportedAway;
    }

    /**
     * Records that no worker has taken the command: the replica is dead or busy, so the host's time has not begun. Counts as a
     * lost send.
     */
    void recordNotDispatched() {
        recordLoss(false);
        deadline = WorkflowTime.now().plus(timeout);
    }

    /** Records that the agent has reconnected. */
    void recordReconnect(AgentConnection newest) {
        lostSends = 0;
        if (!connection.isSameReplicaAs(newest)) {
            connection = newest;
            deadline = WorkflowTime.now().plus(timeout);
        }
    }

    /** Returns whether the command may be sent again. */
    boolean allowsRetry() {
        boolean replicaIsSilent = lostSends > 0 && !agentReportedAway;
        return lostSends < StepOptions.MAX_LOST_SENDS
                && (replicaIsSilent || WorkflowTime.now().isBefore(deadline));
    }
}
