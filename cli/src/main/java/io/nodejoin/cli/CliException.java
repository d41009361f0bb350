package io.nodejoin.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command with a message and an exit code. */
final class CliException extends RuntimeException {
    private final int exitCode;

    CliException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Returns one of {@link ExitCodes}. */
    int exitCode() {
        return exitCode;
    }
}
