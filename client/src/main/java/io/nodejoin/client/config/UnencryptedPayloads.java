package io.nodejoin.client.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of data from Temporal that is not encrypted, where there are keys. */
public enum UnencryptedPayloads {
    /** It is not used: whoever reaches Temporal could have written it. */
    @JsonProperty("refuse")
    REFUSE,
    /** It is used, as long as joins run that were started before there were keys. */
    @JsonProperty("allow")
    ALLOW
}
