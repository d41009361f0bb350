package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.KeyManager;

/** The gateway's address and CAs, and the identity that this agent enrolls as. */
public record GatewayEndpoint(
        URI base,
        GatewayAddresses addresses,
        Path caFile,
        EnrollmentSecret secret,
        ClusterName cluster,
        NodeName node) {

    GatewayServer server() {
        return new GatewayServer(base, addresses, caFile);
    }

    /** Returns a client as {@link GatewayServer#client} does. */
    public HttpClient client(KeyManager... keys) throws IOException, CertificateException {
        return server().client(keys);
    }

    HttpRequest.Builder post(String path, String json, Duration timeout) {
        return server().post(path, json, timeout);
    }
}
