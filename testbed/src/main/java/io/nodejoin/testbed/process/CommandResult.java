package io.nodejoin.testbed.process;

import java.util.List;

/** The result of a command. Standard output and error are truncated at the limit of {@link Command}. */
public record CommandResult(List<String> command, int exitCode, String output, String error) {
    public CommandResult {
        command = List.copyOf(command);
    }

    public boolean succeeded() {
        return exitCode == 0;
    }

    /** Returns this if the command succeeded, else throws {@link CommandFailedException} with its output. */
    public CommandResult orFail() {
        if (!succeeded()) {
            throw new CommandFailedException(this);
        }
        return this;
    }
}
