package io.nodejoin.service.config;

import org.jspecify.annotations.Nullable;

/** A configuration that cannot be used; the message is for people and names the key. */
public final class ConfigException extends Exception {
    public ConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
