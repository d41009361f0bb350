package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.access.Principal;
import java.util.List;
import java.util.Map;

/**
 * A request that was admitted.
 *
 * @param path the parts of the path, decoded
 * @param parameters of the address, or of the form that is sent
 */
record Call(Method method, List<String> path, Map<String, String> parameters, Principal principal) {
    Call {
        path = List.copyOf(path);
        parameters = Map.copyOf(parameters);
    }

    /** What the dashboard understands. */
    enum Method {
        GET,
        POST
    }

    /** Returns the parameter; empty if there is none. */
    String parameter(String name) {
        return parameters.getOrDefault(name, "").strip();
    }
}
