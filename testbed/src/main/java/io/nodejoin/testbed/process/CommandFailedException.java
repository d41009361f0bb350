package io.nodejoin.testbed.process;

/** A required command failed. The message contains the command, its exit code and the end of its output. */
public final class CommandFailedException extends RuntimeException {
    private static final int SHOWN = 2_000;

    private final transient CommandResult result;

    CommandFailedException(CommandResult result) {
        super(describe(result));
        this.result = result;
    }

    public CommandResult result() {
        return result;
    }

    private static String describe(CommandResult result) {
        String said = (result.output() + "\n" + result.error()).strip();
        String end = said.length() > SHOWN ? "..." + said.substring(said.length() - SHOWN) : said;
        return "'" + String.join(" ", result.command()) + "' ended with exit code " + result.exitCode() + ": " + end;
    }
}
