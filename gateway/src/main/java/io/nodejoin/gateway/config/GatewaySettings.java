package io.nodejoin.gateway.config;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one gateway replica, the section {@code gateway} of the service's configuration. All files are PEM;
 * changed files are reloaded.
 *
 * @param instance stable name of this replica, part of its task queue; an RFC 1123 label
 * @param listen the address to listen on; by default port 8443 of all addresses, IPv4 and IPv6
 * @param certificateFile the server's certificate chain, its own certificate first
 * @param keyFile the server's private key, PKCS#8 or SEC 1
 * @param agentCaCertificateFile the CA that issues agents' client certificates first, then other trusted CAs; shared by
 *     all replicas
 * @param agentCaKeyFile the P-256 private key of the issuing CA
 * @param admission how many joins of a cluster may be under way through this replica
 * @param proxyProtocol addresses and ranges (CIDR) of load balancers; their connections, and no others, have to begin with a
 *     header of the PROXY protocol, whose client address counts
 */
public record GatewaySettings(
        String instance,
        ListenAddress listen,
        Path certificateFile,
        Path keyFile,
        Path agentCaCertificateFile,
        Path agentCaKeyFile,
        AdmissionSettings admission,
        List<String> proxyProtocol) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    public GatewaySettings {
        instance = orDefault(instance, "0");
        if (!LABEL.matcher(instance).matches()) {
            throw new IllegalArgumentException("gateway.instance is '" + instance
                    + "'; allowed: 1 to 63 lower-case letters, digits and '-', and stable across restarts");
        }
        listen = orDefault(listen, new ListenAddress("0.0.0.0", 8443));
        certificateFile = required(certificateFile, "certificateFile");
        keyFile = required(keyFile, "keyFile");
        agentCaCertificateFile = required(agentCaCertificateFile, "agentCaCertificateFile");
        agentCaKeyFile = required(agentCaKeyFile, "agentCaKeyFile");
        admission = orDefault(admission, AdmissionSettings.defaults());
        proxyProtocol = List.copyOf(orDefault(proxyProtocol, List.of()));
        ProxyAddresses.parse(proxyProtocol);
    }

    /** Returns a copy with another name of the replica. */
    public GatewaySettings withInstance(String name) {
        return new GatewaySettings(
                name,
                listen,
                certificateFile,
                keyFile,
                agentCaCertificateFile,
                agentCaKeyFile,
                admission,
                proxyProtocol);
    }

    private static <T> T orDefault(@Nullable T value, T fallback) {
        return value == null ? fallback : value;
    }

    private static Path required(@Nullable Path file, String key) {
        if (file == null) {
            throw new IllegalArgumentException("gateway." + key + " is missing; it has no default");
        }
        return file;
    }
}
