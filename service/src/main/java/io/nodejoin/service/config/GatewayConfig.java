package io.nodejoin.service.config;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The section {@code gateway}: the agents' HTTPS server. The four files are reloaded when they change.
 *
 * @param instance a stable name of this replica, from which its Temporal task queue is named
 * @param certificateFile the gateway's certificate chain, PEM
 * @param keyFile its private key, PEM
 * @param agentCaCertificateFile the CA that issues the agents' certificates, and other trusted CAs, PEM
 * @param agentCaKeyFile the private key of the issuing CA, PEM
 */
public record GatewayConfig(
        String instance,
        ListenAddress listen,
        Path certificateFile,
        Path keyFile,
        Path agentCaCertificateFile,
        Path agentCaKeyFile) {
    private static final Pattern INSTANCE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    public GatewayConfig {
        instance = Check.orDefault(instance, "0");
        if (!INSTANCE.matcher(instance).matches()) {
            throw new IllegalArgumentException("gateway.instance is '" + instance
                    + "'; allowed: 1 to 63 lower-case letters, digits and '-', and stable across restarts");
        }
        listen = Check.orDefault(listen, new ListenAddress("0.0.0.0", 8443));
        certificateFile = Check.required(certificateFile, "gateway.certificateFile");
        keyFile = Check.required(keyFile, "gateway.keyFile");
        agentCaCertificateFile = Check.required(agentCaCertificateFile, "gateway.agentCaCertificateFile");
        agentCaKeyFile = Check.required(agentCaKeyFile, "gateway.agentCaKeyFile");
    }
}
