package io.nodejoin.testbed.process;

import java.util.List;
import java.util.Map;

/**
 * How a supervised process is started.
 *
 * @param arguments the argument list
 * @param environment variables on top of those of this process
 */
public record Launch(List<String> arguments, Map<String, String> environment) {
    public Launch {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    public Launch(List<String> arguments) {
        this(arguments, Map.of());
    }
}
