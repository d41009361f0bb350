package io.nodejoin.workflows.join;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a command is tried. Its limit is the host's time at one replica: where replicas are lost, whole tries are lost with them that the
 * host may have answered, and only their number counts.
 */
final class CommandPatience {
    private final Duration limit;
    private AgentConnection at;
    private Instant until;
    private int losses;
    private boolean agentIsAway;

    CommandPatience(Duration limit, AgentConnection at) {
        this.limit = limit;
        this.at = at;
        this.until = WorkflowTime.now().plus(limit);
    }

    /** How long the agent is waited for after a try that was lost. */
    Duration pause() {
        return losses == 0 ? JoinOptions.ASK_AGAIN : JoinOptions.RECONNECT;
    }

    /**
     * A try was lost.
     *
     * @param said whether a replica has said that the agent is away
     */
    void lost(boolean said) {
        losses++;
        agentIsAway = said;
    }

    /** The agent has come again since. */
    void connected(AgentConnection newest) {
        losses = 0;
        if (!at.isAtReplicaOf(newest)) {
            at = newest;
            until = WorkflowTime.now().plus(limit);
        }
    }

    /** Whether there is to be another try. */
    boolean lasts() {
        boolean replicaIsSilent = losses > 0 && !agentIsAway;
        return losses < JoinOptions.LOSSES
                && (replicaIsSilent || WorkflowTime.now().isBefore(until));
    }
}
