package io.nodejoin.dashboard.preview;

import io.nodejoin.dashboard.access.Access;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;

/** Serves the dashboard on 10,000 invented joins, and measures its overview; {@code [PORT] [JOINS]}. */
public final class PreviewMain {
    private static final int ROUNDS = 40;

    private PreviewMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8099;
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        Instant now = Instant.now();
        InventedJoins joins = new InventedJoins(count, now, 7);
        PreviewServer server = new PreviewServer(new Access.LocalReadOnly(), joins, InstantSource.system(), port);
        InventedEvents.publish(joins.all(), server.events());
        System.out.println("serving " + server.address());
        measure(server.address(), "/");
        measure(server.address(), "/joins");
    }

    private static void measure(URI address, String path) throws IOException, InterruptedException {
        long[] nanos = new long[ROUNDS];
        int bytes = 0;
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                bytes = client.send(request, HttpResponse.BodyHandlers.ofByteArray())
                        .body()
                        .length;
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%s: median %.1f ms, slowest %.1f ms, %,d bytes%n",
                path,
                nanos[ROUNDS / 2] / 1e6,
                nanos[ROUNDS - 1] / 1e6,
                bytes);
    }
}
