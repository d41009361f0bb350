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
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/** The gateway's address and CAs, and the identity that this agent enrolls as. */
public record GatewayEndpoint(
        URI base,
        GatewayAddresses addresses,
        Path caFile,
        EnrollmentSecret secret,
        ClusterName cluster,
        NodeName node) {
    private static final Pattern ADDRESS = Pattern.compile("[\\d.]+|\\[.*]");

    /**
     * Returns a client that speaks TLS 1.3 only, and trusts the CAs that the file contains now. The gateway has to have a certificate for the name
     * in the URL, whichever of its addresses a request goes to.
     */
    public HttpClient client(KeyManager... keys) throws IOException, CertificateException {
        SSLParameters onlyTls13 = new SSLParameters();
        onlyTls13.setProtocols(new String[] {"TLSv1.3"});
        if (!ADDRESS.matcher(base.getHost()).matches()) {
            onlyTls13.setServerNames(List.of(new SNIHostName(base.getHost())));
        }
        return Tls.clientBuilder(Tls.trusting(Pem.parseCertificates(Files.readString(caFile)), keys))
                .sslParameters(onlyTls13)
                .build();
    }

    HttpRequest.Builder post(String path, String json, Duration timeout) {
        URI current = addresses.locate(base);
        return HttpRequest.newBuilder(URI.create(current.toString().replaceAll("/+$", "") + path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
    }
}
