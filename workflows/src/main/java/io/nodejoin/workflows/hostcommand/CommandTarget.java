package io.nodejoin.workflows.hostcommand;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.StepOptions;
import java.time.Instant;

/**
 * The host that commands are for, and the join and attempt that they belong to.
 *
 * @param attempt number of the attempt, from 1
 */
public record CommandTarget(NodeRef node, JoinId joinId, int attempt) {

    /**
     * Builds the assignment of a command. The same join, attempt, verb and repetition give the same id, so that a
     * resend reaches the agent as the same assignment.
     */
    Assignment assignment(HostCommand command, int repetition, long sequence, Instant expiresAt) {
        return new Assignment(
                Assignment.id(joinId, attempt, command.verb(), repetition),
                joinId,
                node.name(),
                attempt,
                sequence,
                expiresAt,
                command);
    }

    /** Returns the target of the cleanup after a join, whose commands are none of the join's: its attempt follows the last possible one. */
    public static CommandTarget ofCleanup(NodeRef node, JoinId joinId) {
        return new CommandTarget(node, joinId, StepOptions.MAX_ATTEMPTS + 1);
    }

    /**
     * Returns the target with attempt 0: a reset before the first attempt must not have the id of the reset that
     * compensates it.
     */
    CommandTarget beforeFirstAttempt() {
        return new CommandTarget(node, joinId, 0);
    }
}
