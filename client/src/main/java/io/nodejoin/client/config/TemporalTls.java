package io.nodejoin.client.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code temporal.tls}; {@code {}} is TLS with the public CAs. The files are read again when they change.
 *
 * @param caFile the CAs that the server's certificate may be of; without it those that Java trusts
 * @param certFile the certificate chain that is shown to the server, with {@code keyFile}
 * @param keyFile its private key: PKCS#8 or SEC 1, not encrypted
 * @param serverName the name in the server's certificate; without it the host of {@code temporal.target}
 */
public record TemporalTls(
        @Nullable Path caFile,
        @Nullable Path certFile,
        @Nullable Path keyFile,
        @Nullable String serverName) {
    /** The public CAs, and no client certificate. */
    public static final TemporalTls DEFAULTS = new TemporalTls(null, null, null, null);

    public TemporalTls {
        if (certFile == null && keyFile != null) {
            throw new IllegalArgumentException(
                    "temporal.tls.certFile is missing, and temporal.tls.keyFile is " + keyFile);
        }
        if (certFile != null && keyFile == null) {
            throw new IllegalArgumentException(
                    "temporal.tls.keyFile is missing, and temporal.tls.certFile is " + certFile);
        }
        if (serverName != null) {
            Check.notBlank("temporal.tls.serverName", serverName);
        }
    }
}
