package io.nodejoin.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of the requests of a cluster that has no keys. */
public enum UnsignedRequests {
    /** The configuration is refused: it has to name the keys. */
    @JsonProperty("refuse")
    REFUSE,
    /** Whoever may write to the requests topic may have machines joined. */
    @JsonProperty("allow")
    ALLOW
}
