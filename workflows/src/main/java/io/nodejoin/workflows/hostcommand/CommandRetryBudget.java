package io.nodejoin.workflows.hostcommand;

import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import java.time.Duration;
import java.time.Instant;

/**
 * How long a command is tried. Its limit is the host's time at one replica: where replicas are lost, whole tries are lost with them that the
 * host may have answered, and only their number counts.
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

    /** How long the agent is waited for after a try that was lost. */
    Duration reconnectTimeout() {
        return lostSends == 0 ? StepOptions.RESEND_INTERVAL : StepOptions.RECONNECT_TIMEOUT;
    }

    /**
     * A try was lost.
     *
     * @param reportedAway whether a replica has said that the agent is away
     */
    void recordLoss(boolean reportedAway) {
        lostSends++;
        agentReportedAway = reportedAway;
    }

    /** The agent has come again since. */
    void recordReconnect(AgentConnection newest) {
        lostSends = 0;
        if (!connection.isSameReplicaAs(newest)) {
            connection = newest;
            deadline = WorkflowTime.now().plus(timeout);
        }
    }

    /** Whether there is to be another try. */
    boolean allowsRetry() {
        boolean replicaIsSilent = lostSends > 0 && !agentReportedAway;
        return lostSends < StepOptions.MAX_LOST_SENDS
                && (replicaIsSilent || WorkflowTime.now().isBefore(deadline));
    }
}
