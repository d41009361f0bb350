package io.nodejoin.gateway.session;

import io.nodejoin.protocol.agent.Assignment;

/** The result of a poll. */
public sealed interface PollResult {
    /** There is a command. */
    record Command(Assignment assignment) implements PollResult {}

    /** There was no command in time; the agent polls again. */
    record NoCommand() implements PollResult {}

    /** Another join of the node has superseded the agent's join; the agent enrolls again. */
    record Superseded() implements PollResult {}

    /** The agent's join has succeeded; there will be no more commands. */
    record Joined() implements PollResult {}

    /** Another live agent has this identity. */
    record Duplicate() implements PollResult {}
}
