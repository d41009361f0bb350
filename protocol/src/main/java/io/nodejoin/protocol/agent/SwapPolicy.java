package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a host's swap, in the words of the kubelet's {@code swapBehavior}. */
public enum SwapPolicy {
    /** It is switched off and stays off. */
    @JsonProperty("off")
    OFF,
    /** It stays as it is, for the system; pods get none. */
    @JsonProperty("NoSwap")
    NO_SWAP,
    /** It stays as it is, and pods of the class Burstable get a share. */
    @JsonProperty("LimitedSwap")
    LIMITED_SWAP
}
