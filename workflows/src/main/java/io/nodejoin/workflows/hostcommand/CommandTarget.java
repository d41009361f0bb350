package io.nodejoin.workflows.hostcommand;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;

/**
 * The host that commands go to, and on whose behalf.
 *
 * @param attempt counts a join's tokens, from 1
 */
public record CommandTarget(NodeRef node, JoinId joinId, int attempt) {

    /** The same request, attempt, verb and turn give the same id, so that a repeat reaches the agent as the same assignment. */
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

    /** Of no attempt: what is done before the first one may have to be done again to take the first one back. */
    CommandTarget beforeFirstAttempt() {
        return new CommandTarget(node, joinId, 0);
    }
}
