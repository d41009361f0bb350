package io.nodejoin.client.temporal;

import io.nodejoin.client.config.TemporalConfig;
import org.jspecify.annotations.Nullable;

/**
 * Where Temporal is, and what a client shows it.
 *
 * @param apiKey an API key that is not in a file, such as that of an environment variable; it replaces that of
 *     {@link TemporalConfig#apiKeyFile()}
 */
public record TemporalEndpoint(
        TemporalConfig config, @Nullable String apiKey) {
    public TemporalEndpoint {
        if (apiKey != null && config.tls() == null) {
            throw new IllegalArgumentException("an API key is sent over TLS only");
        }
    }

    /** Returns the endpoint of a configuration file. */
    public static TemporalEndpoint of(TemporalConfig config) {
        return new TemporalEndpoint(config, null);
    }

    boolean hasApiKey() {
        return apiKey != null || config.apiKeyFile() != null;
    }

    @Override
    public String toString() {
        return "TemporalEndpoint[" + config + (apiKey == null ? "]" : ", apiKey=<redacted>]");
    }
}
