package io.nodejoin.gateway.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * One replica of the gateway. All files are PEM, and are read again when they change.
 *
 * @param instance stable name of this replica, part of its task queue; an RFC 1123 label
 * @param listen where agents connect; port 0 takes a free one
 * @param certificateFile the server's certificate, first, and its chain
 * @param keyFile the server's private key, PKCS#8 or SEC 1
 * @param agentCaCertificateFile the CA that issues agents' client certificates, first, and others that they may come
 *     from; shared by all replicas
 * @param agentCaKeyFile the P-256 private key of the first one
 */
public record GatewaySettings(
        String instance,
        InetSocketAddress listen,
        Path certificateFile,
        Path keyFile,
        Path agentCaCertificateFile,
        Path agentCaKeyFile,
        GatewayTimeouts timeouts) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    public GatewaySettings {
        if (!LABEL.matcher(instance).matches()) {
            throw new IllegalArgumentException(
                    "gateway.instance is '" + instance + "'; it must be 1 to 63 lower-case letters, digits and '-'");
        }
    }
}
