package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who requests the kubelet's first client certificate with the bootstrap token. */
public enum TlsBootstrap {
    /**
     * The agent, with a key that the join knows before it issues the token. Only this key is approved, whoever requests a
     * certificate first.
     */
    @JsonProperty("agent")
    AGENT,
    /**
     * The kubelet, with a key that it creates itself, from a bootstrap kubeconfig (Kubernetes documentation, "TLS
     * bootstrapping"). The join cannot know the key beforehand, so a second key fails the attempt.
     */
    @JsonProperty("kubelet")
    KUBELET
}
