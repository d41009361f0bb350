package io.nodejoin.agent.host;

/** How a program of the host ended. Standard output and error are one text, cut after {@link #OUTPUT_LIMIT} bytes. */
public sealed interface CommandResult {
    /** The most that is kept of a program's output, in bytes: ten thousand firewall rules are read whole. */
    int OUTPUT_LIMIT = 1024 * 1024;

    /** What the program wrote. */
    String output();

    /** Whether the program ran to its end with exit code 0. */
    default boolean succeeded() {
        return this instanceof Exited(int code, String _) && code == 0;
    }

    /** The program ran to its end. */
    record Exited(int code, String output) implements CommandResult {}

    /** The program ran to its end, and wrote more than is kept: whoever reads it does not know the rest. */
    record Truncated(int code, String output) implements CommandResult {}

    /** The program was ended because its time was over, or had ended by then and what it wrote had not: the rest is unknown. */
    record TimedOut(String output) implements CommandResult {}

    /** There is no such program, or it cannot be run. */
    record NotStarted(String output) implements CommandResult {}
}
