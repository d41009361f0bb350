package io.nodejoin.testbed.process;

import java.util.List;
import java.util.Map;

/**
 * How a supervised process is started.
 *
 * @param arguments the argument list
 * @param environment variables on top of those of this process
 */
public record LaunchSpec(List<String> arguments, Map<String, String> environment) {
    public LaunchSpec {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    public LaunchSpec(List<String> arguments) {
        this(arguments, Map.of());
    }
}
