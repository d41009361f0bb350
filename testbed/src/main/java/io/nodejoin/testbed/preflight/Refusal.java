package io.nodejoin.testbed.preflight;

/** What a person asked for cannot be done; the message says why and what would help, and no stack trace follows. */
public final class Refusal extends RuntimeException {
    /** The exit code of a command that was called in a wrong way. */
    public static final int USAGE = 2;
    /** The exit code of a command that this machine, as it is, cannot run. */
    public static final int CANNOT_RUN = 3;
    /** The exit code of a command that speaks of something that is not there. */
    public static final int NOT_FOUND = 4;

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public Refusal(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** One that says how the command can be called. */
    static Refusal usage(CommandSyntax command, String message) {
        return new Refusal(USAGE, message + "; " + command.script() + " --help says more");
    }

    public int exitCode() {
        return exitCode;
    }
}
