package io.nodejoin.agent.host;

import io.nodejoin.protocol.ErrorCode;
import java.time.Duration;
import java.util.List;

/** Runs programs of the host. There is no shell: each argument is passed unchanged. */
public interface CommandRunner {
    /** Maximum number of characters of the output in a failure's message. */
    int TOLD = 4_000;

    /**
     * Runs one program and returns its result. Not idempotent: a second call runs it again. If the calling thread is
     * interrupted, the program is killed and the result is {@link CommandResult.TimedOut}; the thread's interrupt
     * status is kept.
     *
     * @param command the program and its arguments
     * @param timeout the program is killed after this time
     */
    CommandResult run(List<String> command, Duration timeout);

    /**
     * Runs one program that must succeed, and returns its output.
     *
     * @throws HostException with this code and the start of the output if it fails, or with {@code STEP_OUTPUT_LIMIT}
     *     if its output is truncated
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
