package io.nodejoin.agent.host;

import java.time.Duration;
import java.util.List;

/** Runs programs of the host. There is no shell: each argument reaches the program as it is. */
public interface CommandRunner {
    /**
     * Runs one program to its end and returns how that came. A second call runs it again. When the calling thread is
     * interrupted the program is ended and the result is {@link CommandResult.TimedOut}; the interrupt stays set.
     *
     * @param command the program and its arguments
     * @param timeout after it the program is ended
     */
    CommandResult run(List<String> command, Duration timeout);
}
