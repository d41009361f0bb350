package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a host uses swap, in the words of the kubelet's {@code swapBehavior}. */
public enum SwapPolicy {
    /** Swap is disabled, also after a reboot. */
    @JsonProperty("off")
    OFF,
    /** The system keeps its swap; pods get none. */
    @JsonProperty("NoSwap")
    NO_SWAP,
    /** The system keeps its swap; pods of the class Burstable get a share. */
    @JsonProperty("LimitedSwap")
    LIMITED_SWAP
}
