package io.nodejoin.agent.host;

import io.nodejoin.protocol.ErrorCode;
import java.time.Duration;
import java.util.List;

/** Runs programs of the host. There is no shell: each argument reaches the program as it is. */
public interface CommandRunner {
    /** As many characters of what a program wrote are told when it fails. */
    int TOLD = 4_000;

    /**
     * Runs one program to its end and returns how that came. A second call runs it again. When the calling thread is
     * interrupted the program is ended and the result is {@link CommandResult.TimedOut}; the interrupt stays set.
     *
     * @param command the program and its arguments
     * @param timeout after it the program is ended
     */
    CommandResult run(List<String> command, Duration timeout);

    /**
     * Runs one program, which must succeed, and returns what it wrote.
     *
     * @throws HostException with this code and the beginning of what it wrote if it does not succeed, or with {@code STEP_OUTPUT_LIMIT} if
     *     it wrote too much to be read whole
     */
    default String runOrFail(List<String> command, Duration timeout, ErrorCode otherwise) {
        CommandResult result = run(command, timeout);
        if (result.succeeded()) {
            return result.output();
        }
        String written = result.output().strip();
        boolean cut = result instanceof CommandResult.Truncated;
        throw new HostException(
                cut ? ErrorCode.STEP_OUTPUT_LIMIT : otherwise,
                "'" + String.join(" ", command) + "' " + (cut ? "wrote too much: " : "failed: ")
                        + written.substring(0, Math.min(written.length(), TOLD)));
    }
}
