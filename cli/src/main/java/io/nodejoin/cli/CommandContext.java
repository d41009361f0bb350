package io.nodejoin.cli;

import java.time.Clock;
import java.util.Map;

/** What every command is given: where it prints, the environment of the process, and the time. */
public record CommandContext(Terminal terminal, Map<String, String> environment, Clock clock) {
    public CommandContext {
        environment = Map.copyOf(environment);
    }
}
