package io.nodejoin.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The class of a failure's reason, by which an autoscaler decides what to do next. */
public enum ReasonClass {
    @JsonProperty("capacity")
    CAPACITY,
    @JsonProperty("host-preflight")
    HOST_PREFLIGHT,
    @JsonProperty("host-step")
    HOST_STEP,
    @JsonProperty("network")
    NETWORK,
    @JsonProperty("identity")
    IDENTITY,
    @JsonProperty("control-plane")
    CONTROL_PLANE,
    @JsonProperty("timeout")
    TIMEOUT,
    @JsonProperty("cancelled")
    CANCELLED,
    @JsonProperty("request")
    REQUEST;
}
