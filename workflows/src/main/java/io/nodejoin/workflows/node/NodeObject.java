package io.nodejoin.workflows.node;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who creates the Node object of a join. */
public enum NodeObject {
    /** The join, before it issues the token. The kubelet adopts the Node, so the UID is known before a certificate exists. */
    @JsonProperty("nodejoin")
    NODEJOIN,
    /** The kubelet, when it registers. */
    @JsonProperty("kubelet")
    KUBELET
}
