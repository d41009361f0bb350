package io.nodejoin.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command with a message and an exit code. */
public final class CliException extends RuntimeException {
    private final int exitCode;

    /** @param exitCode one of {@link ExitCodes} */
    public CliException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Returns one of {@link ExitCodes}. */
    public int exitCode() {
        return exitCode;
    }
}
