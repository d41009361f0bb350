package io.nodejoin.workflows.csr;

import java.util.List;

/** The names of the CSRs that this call denied. */
public record DeniedCsrs(List<String> names) {
    public DeniedCsrs {
        names = List.copyOf(names);
    }
}
