package io.nodejoin.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.protocol.time.ManualScheduler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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

class AdminServerTest {
    private static final int PAGES = 50;

    private final CountDownLatch waiting = new CountDownLatch(PAGES);
    private final CountDownLatch held = new CountDownLatch(1);
    private final ManualScheduler time = new ManualScheduler();
    private final AdminServer server = new AdminServer(
            new ListenAddress("127.0.0.1", 0),
            new Readiness(Map.of(), time::nanoTime, time),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            new WaitingPage());
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
        client.close();
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
}
