package io.nodejoin.agent.command;

import io.nodejoin.protocol.agent.CommandMilestone;

/** Receives the progress of a command. */
@FunctionalInterface
public interface ProgressListener {
    /** Called when the command reaches a milestone; does not block. */
    void onProgress(CommandMilestone milestone, String step);
}
