package io.nodejoin.workflows.join;

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
record Addressee(NodeRef node, JoinId joinId, int attempt) {

    static Addressee of(NodeRequest request) {
        return new Addressee(request.node(), request.joinId(), 1);
    }

    /** The same request, attempt, verb and turn give the same id, so that a repeat reaches the agent as the same assignment. */
    Assignment assignment(HostCommand command, int turn, long sequence, Instant expiresAt) {
        return new Assignment(
                Assignment.id(joinId, attempt, command.verb(), turn),
                joinId,
                node.node(),
                attempt,
                sequence,
                expiresAt,
                command);
    }

    /** Of no attempt: what is done before the first one may have to be done again to take the first one back. */
    Addressee beforehand() {
        return new Addressee(node, joinId, 0);
    }
}
