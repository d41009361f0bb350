package io.nodejoin.gateway;

import io.nodejoin.protocol.agent.PollRequest;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An agent's HTTP client: pins the gateway's CA, shows a certificate if it has one. */
final class AgentClient implements AutoCloseable {
    private final URI gateway;
    private final SSLContext tls;
    private final HttpClient http;

    AgentClient(URI gateway, SSLContext tls) {
        this(gateway, tls, InetAddress.getLoopbackAddress());
    }

    AgentClient(URI gateway, SSLContext tls, InetAddress from) {
        this.gateway = gateway;
        this.tls = tls;
        this.http = HttpClient.newBuilder()
                .sslContext(tls)
                .localAddress(from)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(request(path, body), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends the request of this agent process. */
    HttpResponse<String> post(String path, String body, UUID instance) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(request(path, body), (_, _) -> true)
                .header(PollRequest.INSTANCE_HEADER, instance.toString())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> postAsync(String path, String body) {
        return http.sendAsync(request(path, body), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(at(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(at(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** Opens a connection without a word, from this address of this machine. */
    Socket open(String from) throws IOException {
        return tls.getSocketFactory()
                .createSocket(
                        InetAddress.getByName(gateway.getHost()), gateway.getPort(), InetAddress.getByName(from), 0);
    }

    /** Sends these lines as they are and returns the status of the answer. */
    int raw(String text) throws IOException {
        try (Socket socket = tls.getSocketFactory().createSocket(gateway.getHost(), gateway.getPort())) {
            return raw(socket, text);
        }
    }

    /** Sends these lines over this connection and returns the status of the answer. */
    static int raw(Socket socket, String text) throws IOException {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                .readLine();
        return Integer.parseInt(String.valueOf(line).split(" ", 3)[1]);
    }

    /** Not resolved: dots in the path are for the gateway to judge. */
    private URI at(String path) {
        return URI.create(gateway + path);
    }

    /** Ends all connections without a word, as a host that dies. */
    @Override
    public void close() {
        http.shutdownNow();
    }

    static SSLContext tls(String protocol, X509Certificate gatewayCa, @Nullable KeyPair keys, String chainPem) {
        try {
            KeyStore trusted = empty();
            trusted.setCertificateEntry("gateway", gatewayCa);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyStore own = empty();
            if (keys != null) {
                own.setKeyEntry("agent", keys.getPrivate(), new char[0], chain(chainPem));
            }
            KeyManagerFactory identity = KeyManagerFactory.getInstance("NewSunX509");
            identity.init(own, new char[0]);
            SSLContext context = SSLContext.getInstance(protocol);
            context.init(identity.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Certificate[] chain(String pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                .toArray(Certificate[]::new);
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
