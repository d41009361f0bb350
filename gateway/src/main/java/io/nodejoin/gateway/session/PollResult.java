package io.nodejoin.gateway.session;

import io.nodejoin.protocol.agent.Assignment;

/** How one poll of an agent ends. */
public sealed interface PollResult {
    /** There is something to do. */
    record Command(Assignment assignment) implements PollResult {}

    /** There was nothing in time: poll again. */
    record NoCommand() implements PollResult {}

    /** The agent's join is over and another one of its node runs: enroll anew. */
    record Superseded() implements PollResult {}

    /** The agent's join has ended with a joined node: there will be nothing more to do. */
    record Joined() implements PollResult {}

    /** Another live agent holds this identity. */
    record Duplicate() implements PollResult {}
}
