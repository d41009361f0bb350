package io.nodejoin.service.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.service.config.ServiceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminServerTest {
    private static final int PAGES = 50;

    private final CountDownLatch waiting = new CountDownLatch(PAGES);
    private final CountDownLatch held = new CountDownLatch(1);
    private final ManualScheduler time = new ManualScheduler();
    private final AdminServer server = new AdminServer(
            new ServiceConfig.Http(new ListenAddress("127.0.0.1", 0), List.of("joins.example.com")),
            List.of("sso.example.com"),
            new Readiness(Map.of(), time::nanoTime, time),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            new WaitingPage(),
            time);
    private final HttpClient client = HttpClient.newHttpClient();

    /** A page whose source does not answer. */
    private final class WaitingPage extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws InterruptedException {
            waiting.countDown();
            held.await();
            callback.succeeded();
            return true;
        }
    }

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        held.countDown();
        server.stop();
        // A connection that Jetty accepts while it stops is never closed, and close() waits for its answer.
        client.shutdownNow();
    }

    private CompletableFuture<HttpResponse<String>> get(String path) {
        URI page = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.sendAsync(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
    }

    @Test
    void shouldAnswerAProbeWhileManyPagesOfTheDashboardWait() throws InterruptedException {
        // given
        List<CompletableFuture<HttpResponse<String>>> pages = IntStream.range(0, PAGES)
                .mapToObj(number -> get("/joins?page=" + number))
                .toList();
        boolean allWait = waiting.await(30, TimeUnit.SECONDS);

        // when
        HttpResponse<String> probe = get("/livez").join();

        // then
        assertThat(allWait).isTrue();
        assertThat(probe.body()).isEqualTo("ok\n");
        assertThat(pages).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void shouldCloseAConnectionWhoseHeadDripsAndNoneThatWaitsForItsPage() throws IOException {
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            // given
            slow.getOutputStream().write("GET /livez HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            await().until(() -> time.pending() == 1);
            CompletableFuture<HttpResponse<String>> page = get("/joins");
            await().until(() -> waiting.getCount() == PAGES - 1);

            // when
            time.advance(Duration.ofSeconds(11));

            // then
            slow.setSoTimeout(30_000);
            assertThat(slow.getInputStream().read()).isNegative();
            assertThat(page).isNotDone();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "localhost, 200",
        "LOCALHOST, 200",
        "10.1.2.3, 200",
        "[::1], 200",
        "joins.example.com, 200",
        "evil.example.com, 421",
        "127.0.0.1.evil.example.com, 421",
        "localhost.evil.example.com, 421"
    })
    void shouldAnswerOnlyToItsOwnNamesAndWithoutItsVersion(String host, int status) throws IOException {
        // given
        String request = "GET /livez HTTP/1.1\r\nHost: " + host + ":8080\r\nConnection: close\r\n\r\n";

        // when
        String answer;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        // then
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(answer).doesNotContainIgnoringCase("jetty");
    }

    @Test
    void shouldNotTellItsVersionOnPagesOfErrorsEither() throws IOException {
        // when
        String answer;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write("GET /%zz HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        // then
        assertThat(answer).startsWith("HTTP/1.1 400").doesNotContainIgnoringCase("jetty");
    }
}
