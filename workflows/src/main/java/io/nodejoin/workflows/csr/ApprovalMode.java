package io.nodejoin.workflows.csr;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who approves the CSRs of a cluster's joins. */
public enum ApprovalMode {
    /** Nodejoin, by node name, key and token. */
    @JsonProperty("nodejoin")
    NODEJOIN,
    /** kube-controller-manager, for any node name; Nodejoin watches and compensates what violates its rules. */
    @JsonProperty("cluster")
    CLUSTER
}
