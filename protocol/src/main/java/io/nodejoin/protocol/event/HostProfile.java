package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a host is prepared: its container runtime, and the configuration of that. */
public enum HostProfile {
    @JsonProperty("containerd")
    CONTAINERD,
    @JsonProperty("docker")
    DOCKER
}
