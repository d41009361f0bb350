package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a host is prepared: which container runtime it gets and how that is configured. */
public enum HostProfile {
    @JsonProperty("containerd")
    CONTAINERD,
    @JsonProperty("docker")
    DOCKER
}
