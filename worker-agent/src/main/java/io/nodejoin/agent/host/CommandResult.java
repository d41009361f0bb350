package io.nodejoin.agent.host;

/**
 * The result of running a program. Standard output and error are one text, truncated after {@link #OUTPUT_LIMIT} bytes.
 */
public sealed interface CommandResult {
    /** The maximum length of the output, in bytes: enough for ten thousand firewall rules. */
    int OUTPUT_LIMIT = 1024 * 1024;

    /** Returns the output of the program. */
    String output();

    /** Returns whether the program exited with code 0 and its output is complete. */
    default boolean succeeded() {
        return this instanceof Exited(int code, String _) && code == 0;
    }

    /** The program exited. */
    record Exited(int code, String output) implements CommandResult {}

    /** The program exited, and its output is truncated. */
    record Truncated(int code, String output) implements CommandResult {}

    /**
     * The program was killed at its timeout, or exited while its output was not complete: the rest of the output is
     * unknown.
     */
    record TimedOut(String output) implements CommandResult {}

    /** The program does not exist, or cannot be executed. */
    record NotStarted(String output) implements CommandResult {}
}
