package io.nodejoin.workflows.certificate;

import java.util.List;

/** Names of the requests that were denied just now. */
public record DeniedRequests(List<String> names) {
    public DeniedRequests {
        names = List.copyOf(names);
    }
}
