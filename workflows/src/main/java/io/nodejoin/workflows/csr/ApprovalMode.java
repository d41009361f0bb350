package io.nodejoin.workflows.csr;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who approves the certificate signing requests of a cluster's joins. */
public enum ApprovalMode {
    /** Nodejoin, by name, key and token. */
    @JsonProperty("nodejoin")
    NODEJOIN,
    /** kube-controller-manager, for any node name; Nodejoin watches and takes back what does not fit. */
    @JsonProperty("cluster")
    CLUSTER
}
