package io.nodejoin.agent.gateway;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.Tls;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLParameters;

/** The gateway's address and CAs, and the identity that this agent enrolls as. */
public record GatewayEndpoint(URI base, Path caFile, EnrollmentSecret secret, ClusterName cluster, NodeName node) {
    /** Returns a client that speaks TLS 1.3 only, and trusts the CAs that the file contains now. */
    public HttpClient client(KeyManager... keys) throws IOException, CertificateException {
        SSLParameters onlyTls13 = new SSLParameters();
        onlyTls13.setProtocols(new String[] {"TLSv1.3"});
        return Tls.clientBuilder(Tls.trusting(Pem.parseCertificates(Files.readString(caFile)), keys))
                .sslParameters(onlyTls13)
                .build();
    }

    HttpRequest.Builder post(String path, String json, Duration timeout) {
        return HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
    }
}
