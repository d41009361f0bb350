package io.nodejoin.client.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
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
 * @param insecure whether a Temporal of another machine may be used that accepts what anybody writes
 */
public record TemporalConfig(
        String target,
        String namespace,
        @Nullable TemporalTls tls,
        @Nullable Path apiKeyFile,
        @Nullable TemporalPayloads payloads,
        @Nullable TemporalDeployment deployment,
        Boolean insecure) {
    /** What ends an {@link #insecurity}. */
    public static final String HOW_TO_SECURE =
            "make keys with \"nodejoin payload-keys new payloads-1 --keys FILE\" and set temporal.payloads.keysFile, or set"
                    + " temporal.apiKeyFile, or temporal.tls with a client certificate";

    private static final String DEFAULT_TARGET = "127.0.0.1:7233";
    private static final String DEFAULT_NAMESPACE = "default";

    public TemporalConfig {
        target = Check.notBlank("temporal.target", Check.orDefault(target, DEFAULT_TARGET));
        namespace = Check.notBlank("temporal.namespace", Check.orDefault(namespace, DEFAULT_NAMESPACE));
        insecure = Check.orDefault(insecure, false);
        if (tls == null && apiKeyFile != null) {
            tls = TemporalTls.DEFAULTS; // an API key does not leave the process in plain text
        }
    }

    /** Returns the default namespace at this address, or all defaults. */
    public static TemporalConfig withDefaults(@Nullable String target) {
        return new TemporalConfig(
                Check.orDefault(target, DEFAULT_TARGET), DEFAULT_NAMESPACE, null, null, null, null, false);
    }

    /** Returns a copy with another address. */
    public TemporalConfig withTarget(String newTarget) {
        return new TemporalConfig(newTarget, namespace, tls, apiKeyFile, payloads, deployment, insecure);
    }

    /** Returns a copy with another namespace. */
    public TemporalConfig withNamespace(String newNamespace) {
        return new TemporalConfig(target, newNamespace, tls, apiKeyFile, payloads, deployment, insecure);
    }

    /** Returns a copy with other TLS settings. */
    public TemporalConfig withTls(@Nullable TemporalTls newTls) {
        return new TemporalConfig(target, namespace, newTls, apiKeyFile, payloads, deployment, insecure);
    }

    /** Returns a copy whose payloads are encrypted by the keys of this file; those that are not encrypted are refused. */
    public TemporalConfig withPayloadKeys(Path keysFile) {
        return new TemporalConfig(
                target,
                namespace,
                tls,
                apiKeyFile,
                new TemporalPayloads(keysFile, UnencryptedPayloads.REFUSE, false),
                deployment,
                insecure);
    }

    /**
     * Returns what is wrong if whoever reaches Temporal may write what joins act upon: Temporal is on another machine, asks
     * for no credential, and its payloads need not be encrypted. Empty otherwise.
     */
    public Optional<String> insecurity() {
        boolean authenticatedClient = apiKeyFile != null || (tls != null && tls.certFile() != null);
        boolean authenticatedPayloads = payloads != null && payloads.unencrypted() == UnencryptedPayloads.REFUSE;
        return authenticatedClient || authenticatedPayloads || isLoopback()
                ? Optional.empty()
                : Optional.of("whoever reaches Temporal at " + target
                        + " can start joins and answer for their machines: it asks for no client certificate or API key, and"
                        + " what is not encrypted is accepted");
    }

    /** Throws if there is an {@link #insecurity} that nothing in the settings allows. Keys that come into use allow it. */
    public void requireSecurity() {
        if (payloads == null && !insecure) {
            insecurity().ifPresent(problem -> {
                throw new IllegalArgumentException(
                        "temporal: " + problem + ". To do: " + HOW_TO_SECURE + ". temporal.insecure: true accepts it");
            });
        }
    }

    /** Without a look-up of names, so that a file means the same everywhere. */
    private boolean isLoopback() {
        String host = target.substring(target.lastIndexOf('/') + 1).replaceFirst(":\\d+$", "");
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
