package io.nodejoin.gateway.session;

import io.nodejoin.protocol.agent.Assignment;

/** How one poll of an agent ends. */
public sealed interface PollAnswer {
    /** There is something to do. */
    record Command(Assignment assignment) implements PollAnswer {}

    /** There was nothing in time: poll again. */
    record Nothing() implements PollAnswer {}

    /** The agent's join is over and another one of its node runs: enroll anew. */
    record Outdated() implements PollAnswer {}

    /** The agent's join has ended with a joined node: there will be nothing more to do. */
    record Joined() implements PollAnswer {}

    /** Another live agent holds this identity. */
    record Duplicate() implements PollAnswer {}
}
