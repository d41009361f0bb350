package io.nodejoin.workflows.csr;

import java.util.List;

/** Names of the requests that were denied just now. */
public record DeniedCsrs(List<String> names) {
    public DeniedCsrs {
        names = List.copyOf(names);
    }
}
