package io.nodejoin.testbed.apiproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.pki.CertificateAuthority;
import io.nodejoin.testbed.pki.CertificateAuthority.Identity;
import io.nodejoin.testbed.pki.CertificateAuthority.Subject;
import io.nodejoin.testbed.pki.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiFaultProxyTest {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String SECRETS = "/api/v1/namespaces/kube-system/secrets";

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int UNKNOWN_LENGTH = 0;
    private static final int CUT = 0;

    private final List<String> carriedOut = new CopyOnWriteArrayList<>();
    private HttpsServer server;
    private ApiFaultProxy proxy;
    private HttpClient client;
    private URI address;

    @BeforeEach
    void open() throws IOException, GeneralSecurityException {
        CertificateAuthority authority = new CertificateAuthority("test", Clock.systemUTC(), new SecureRandom());
        Identity own = authority.issue(Subject.server("test", List.of("localhost"), List.of(LOOPBACK)));
        String ca = authority.identity().certificatePem();
        String chainAndKey = own.certificatePem() + own.keyPem();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TlsContexts.create(ca, chainAndKey)));
        server.createContext("/", this::carryOut);
        server.start();
        int port = free();
        proxy = ApiFaultProxy.open(
                new Endpoint(LOOPBACK, port),
                new Endpoint(LOOPBACK, server.getAddress().getPort()),
                ca,
                chainAndKey,
                Duration.ZERO);
        client = HttpClient.newBuilder().sslContext(TlsContexts.create(ca)).build();
        address = URI.create("https://" + LOOPBACK + ":" + port);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        proxy.close();
        server.stop(0);
    }

    @Test
    void shouldPassOnWhatItIsNotToldToRefuse() throws IOException, InterruptedException {
        assertThat(post("one").body()).isEqualTo("done: one");
        assertThat(proxy.injectedFaults()).isEmpty();
    }

    @Test
    void shouldCarryOutACallWhoseAnswerItLoses() throws IOException {
        // given
        proxy.injectFaults();

        // then
        assertThatThrownBy(() -> post("lost")).isInstanceOf(IOException.class);
        assertThat(carriedOut).containsExactly("POST lost");
    }

    @Test
    void shouldRefuseTwoOfThreeCallsOfAKindInEachWayOnce() throws IOException, InterruptedException {
        // given
        proxy.injectFaults();
        assertThatThrownBy(() -> post("lost")).isInstanceOf(IOException.class);

        // when
        List<Integer> answers = new ArrayList<>();
        for (int call = 0; call < 6; call++) {
            answers.add(post("call-" + call).statusCode());
        }
        assertThatThrownBy(() -> client.send(call("late").timeout(TIMEOUT).build(), BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
        answers.add(post("after all").statusCode());
        answers.add(post("after all").statusCode());

        // then
        assertThat(answers).containsExactly(429, 200, 500, 503, 200, 504, 200, 200);
        await().untilAsserted(() -> assertThat(carriedOut).hasSize(6).contains("POST late"));
        assertThat(proxy.injectedFaults())
                .containsOnlyKeys(
                        "POST secrets: 429 TooManyRequests",
                        "POST secrets: 500 InternalError",
                        "POST secrets: 503 ServiceUnavailable",
                        "POST secrets: 504 Timeout",
                        "POST secrets: response lost",
                        "POST secrets: carried out late");
    }

    @Test
    void shouldNameWhatCallsHaveNotMetYet() throws IOException {
        // given
        proxy.injectFaults();

        // when
        assertThatThrownBy(() -> post("lost")).isInstanceOf(IOException.class);

        // then
        assertThat(proxy.pendingFaults())
                .containsExactly(
                        "POST secrets: 429 TooManyRequests",
                        "POST secrets: 500 InternalError",
                        "POST secrets: 503 ServiceUnavailable",
                        "POST secrets: 504 Timeout",
                        "POST secrets: carried out late");
    }

    @Test
    void shouldCutAWatchUntilThereIsNoRefusalLeftForIt() throws InterruptedException, IOException {
        // given
        proxy.injectFaults();

        // when
        List<Integer> answers = new ArrayList<>();
        do {
            answers.add(watch());
        } while (!proxy.pendingFaults().isEmpty());

        // then
        assertThat(answers).containsExactly(410, 429, CUT, 500, 503, CUT, 504);
    }

    private int watch() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(SECRETS + "?watch=true"))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        try {
            return client.send(request, BodyHandlers.ofString()).statusCode();
        } catch (IOException _) {
            return CUT;
        }
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return client.send(call(body).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder call(String body) {
        return HttpRequest.newBuilder(address.resolve(SECRETS))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(BodyPublishers.ofString(body));
    }

    private void carryOut(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        carriedOut.add(exchange.getRequestMethod() + " " + body);
        exchange.getResponseHeaders().set("Connection", "close");
        if (exchange.getRequestURI().toString().endsWith("watch=true")) {
            exchange.sendResponseHeaders(200, UNKNOWN_LENGTH);
            exchange.getResponseBody().flush();
            return;
        }
        byte[] answer = ("done: " + body).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private static int free() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }
}
