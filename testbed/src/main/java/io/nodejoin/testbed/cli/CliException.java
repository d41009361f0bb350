package io.nodejoin.testbed.cli;

/** What a person asked for cannot be done; the message says why and what would help, and no stack trace follows. */
final class CliException extends RuntimeException {
    private final int exitCode;

    CliException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
