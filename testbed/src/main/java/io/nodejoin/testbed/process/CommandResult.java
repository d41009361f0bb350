package io.nodejoin.testbed.process;

import java.util.List;

/** How a command ended. Standard output and error are cut at the end where they passed the limit of {@link Command}. */
public record CommandResult(List<String> command, int exitCode, String output, String error) {
    public CommandResult {
        command = List.copyOf(command);
    }

    public boolean succeeded() {
        return exitCode == 0;
    }

    /** Returns this if the command succeeded, and else throws {@link CommandFailedException} with what it said. */
    public CommandResult orFail() {
        if (!succeeded()) {
            throw new CommandFailedException(this);
        }
        return this;
    }
}
