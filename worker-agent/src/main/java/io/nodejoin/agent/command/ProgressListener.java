package io.nodejoin.agent.command;

import io.nodejoin.protocol.agent.CommandMilestone;

/** Where a command says how far it is. */
@FunctionalInterface
public interface ProgressListener {
    /** A point has been reached; returns at once. */
    void onProgress(CommandMilestone mark, String step);
}
