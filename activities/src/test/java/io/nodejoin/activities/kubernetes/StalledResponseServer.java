package io.nodejoin.activities.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Falls silent in the middle of each answer; a watch gets one event at once, and one more when the test says so. */
final class StalledResponseServer implements AutoCloseable {
    private static final String EVENT = """
            {"type":"%s","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"any"}}}
            """;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer server;

    StalledResponseServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
    }

    /** For a client that waits so long for an answer. */
    Config config(Duration patience) {
        return new ConfigBuilder()
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestTimeout((int) patience.toMillis())
                .withRequestRetryBackoffLimit(0)
                .withHttp2Disable(true)
                .withOnlyHttpWatches(true)
                .build();
    }

    /** Shows the second event of watches. */
    void goOn() {
        goOn.countDown();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        executor.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean watch = String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, watch ? 0 : 1_000);
        try {
            if (watch) {
                send(exchange, EVENT.formatted("ADDED"));
                goOn.await();
                send(exchange, EVENT.formatted("MODIFIED"));
            } else {
                send(exchange, "{");
            }
            closed.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, String text) throws IOException {
        OutputStream body = exchange.getResponseBody();
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.flush();
    }
}
