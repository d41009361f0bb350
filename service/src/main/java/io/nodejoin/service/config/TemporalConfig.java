package io.nodejoin.service.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code temporal}.
 *
 * @param target host:port of the frontend
 * @param namespace the namespace of the workflows
 * @param tls TLS of the connection; without it and without an API key the connection is plain text
 * @param apiKeyFile the API key, read again for each call
 * @param payloads the encryption of what Temporal stores; without it Temporal, and whoever reaches it, reads the data of joins
 * @param deployment the version of the workers; without it any worker continues any join
 */
public record TemporalConfig(
        String target,
        String namespace,
        @Nullable TemporalTls tls,
        @Nullable Path apiKeyFile,
        @Nullable TemporalPayloads payloads,
        @Nullable TemporalDeployment deployment) {
    private static final String DEFAULT_TARGET = "127.0.0.1:7233";
    private static final String DEFAULT_NAMESPACE = "default";

    public TemporalConfig {
        target = Check.notBlank("temporal.target", Check.orDefault(target, DEFAULT_TARGET));
        namespace = Check.notBlank("temporal.namespace", Check.orDefault(namespace, DEFAULT_NAMESPACE));
        if (tls == null && apiKeyFile != null) {
            tls = TemporalTls.DEFAULTS; // an API key does not leave the process in plain text
        }
    }

    /** Returns the default namespace at this address, or all defaults. */
    public static TemporalConfig withDefaults(@Nullable String target) {
        return new TemporalConfig(Check.orDefault(target, DEFAULT_TARGET), DEFAULT_NAMESPACE, null, null, null, null);
    }

    /** Returns a copy with another address. */
    public TemporalConfig withTarget(String newTarget) {
        return new TemporalConfig(newTarget, namespace, tls, apiKeyFile, payloads, deployment);
    }

    /** Returns a copy with another namespace. */
    public TemporalConfig withNamespace(String newNamespace) {
        return new TemporalConfig(target, newNamespace, tls, apiKeyFile, payloads, deployment);
    }

    /** Returns a copy with other TLS settings. */
    public TemporalConfig withTls(@Nullable TemporalTls newTls) {
        return new TemporalConfig(target, namespace, newTls, apiKeyFile, payloads, deployment);
    }

    /** Returns a copy whose payloads are encrypted by the keys of this file; those that are not encrypted are refused. */
    public TemporalConfig withPayloadKeys(Path keysFile) {
        return new TemporalConfig(
                target,
                namespace,
                tls,
                apiKeyFile,
                new TemporalPayloads(keysFile, UnencryptedPayloads.REFUSE, false),
                deployment);
    }
}
