package io.nodejoin.gateway.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Settings of one gateway replica. All files are PEM; changed files are reloaded.
 *
 * @param instance stable name of this replica, part of its task queue; an RFC 1123 label
 * @param listen the address to listen on; port 0 takes a free one
 * @param certificateFile the server's certificate chain, its own certificate first
 * @param keyFile the server's private key, PKCS#8 or SEC 1
 * @param agentCaCertificateFile the CA that issues agents' client certificates first, then other trusted CAs; shared by
 *     all replicas
 * @param agentCaKeyFile the P-256 private key of the issuing CA
 */
public record GatewaySettings(
        String instance,
        InetSocketAddress listen,
        Path certificateFile,
        Path keyFile,
        Path agentCaCertificateFile,
        Path agentCaKeyFile,
        GatewayTimeouts timeouts) {}
