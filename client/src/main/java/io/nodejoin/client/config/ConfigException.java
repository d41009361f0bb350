package io.nodejoin.client.config;

import org.jspecify.annotations.Nullable;

/** An invalid configuration; the message is for people and names the key. */
public final class ConfigException extends Exception {
    public ConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
