package io.nodejoin.agent.gateway;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.Tls;
import io.nodejoin.protocol.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** The gateway's address and CAs. */
public record GatewayServer(URI base, GatewayAddresses addresses, Path caFile) {
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

    /** Returns what a request without a response means. */
    GatewayResponse.Unavailable unavailable(Exception why) {
        return why instanceof SSLException && isUntrusted(why)
                ? new GatewayResponse.Unavailable(ErrorCode.GATEWAY_UNTRUSTED, base + ": " + why.getMessage())
                : new GatewayResponse.Unavailable(ErrorCode.AGENT_UNREACHABLE, base + ": " + why);
    }

    /** Other failures of a handshake are those of a busy gateway, which closes further connections. */
    private static boolean isUntrusted(Exception why) {
        return Stream.<Throwable>iterate(why, Objects::nonNull, Throwable::getCause)
                .anyMatch(CertificateException.class::isInstance);
    }
}
