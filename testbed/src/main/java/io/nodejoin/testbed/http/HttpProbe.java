package io.nodejoin.testbed.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Sends one request to a server over a connection of its own. */
public final class HttpProbe {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Supplier<HttpClient.Builder> clients;

    private HttpProbe(Supplier<HttpClient.Builder> clients) {
        this.clients = clients;
    }

    public static HttpProbe plain() {
        return new HttpProbe(HttpClient::newBuilder);
    }

    /** Believes only servers of this authority, whose certificate need not exist yet. */
    public static HttpProbe trusting(Path authority) {
        return new HttpProbe(() -> HttpClient.newBuilder().sslContext(trustingOnly(authority)));
    }

    /** Returns the response to a GET, whatever its status, or empty if there is none within five seconds. */
    public Optional<HttpResponse<String>> get(URI uri) {
        try (HttpClient client = clients.get().connectTimeout(TIMEOUT).build()) {
            HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
            return Optional.of(client.send(request, BodyHandlers.ofString()));
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Returns whether the response to a GET is 200. */
    public boolean answersOk(URI uri) {
        return get(uri).filter(answer -> answer.statusCode() == 200).isPresent();
    }

    private static SSLContext trustingOnly(Path authority) {
        try (InputStream pem = Files.newInputStream(authority)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException broken) {
            throw new IllegalStateException("cannot trust " + authority, broken);
        }
    }
}
