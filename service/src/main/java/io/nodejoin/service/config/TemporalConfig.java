package io.nodejoin.service.config;

import org.jspecify.annotations.Nullable;

/**
 * The section {@code temporal}.
 *
 * @param target host:port of the frontend
 * @param namespace the namespace of the workflows
 */
public record TemporalConfig(String target, String namespace) {
    private static final String DEFAULT_TARGET = "127.0.0.1:7233";
    private static final String DEFAULT_NAMESPACE = "default";

    public TemporalConfig {
        target = Check.notBlank("temporal.target", Check.orDefault(target, DEFAULT_TARGET));
        namespace = Check.notBlank("temporal.namespace", Check.orDefault(namespace, DEFAULT_NAMESPACE));
    }

    /** Returns the default namespace at this address, or all defaults. */
    public static TemporalConfig withDefaults(@Nullable String target) {
        return new TemporalConfig(Check.orDefault(target, DEFAULT_TARGET), DEFAULT_NAMESPACE);
    }
}
