package io.nodejoin.testbed.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Requests of strangers at a steady rate, each by a connection of its own, and how they are answered. */
final class StrangerRequests implements AutoCloseable {
    private static final int ANSWER_MILLIS = 40_000;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int MAX_OPEN = 1_200;
    static final String CLOSED = "closed";

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore open = new Semaphore(MAX_OPEN);
    private final AtomicInteger sent = new AtomicInteger();
    private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();

    /** One request. */
    interface Attempt {
        /** Returns the status of the answer. */
        String send(int number) throws IOException, InterruptedException;
    }

    /** Sends so many a second until {@link #close}, unless too many wait for their answers. */
    void attack(int perSecond, Attempt attempt) {
        long pause = Duration.ofSeconds(1).toNanos() / perSecond;
        Future<?> _ = clock.scheduleAtFixedRate(
                () -> {
                    if (open.tryAcquire()) {
                        threads.execute(() -> count(attempt));
                    }
                },
                0,
                pause,
                TimeUnit.NANOSECONDS);
    }

    private void count(Attempt attempt) {
        try {
            add(attempt.send(sent.incrementAndGet()));
        } catch (IOException _) {
            add(CLOSED);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            open.release();
        }
    }

    private void add(String answer) {
        answers.computeIfAbsent(answer, _ -> new LongAdder()).increment();
    }

    /** How many were answered with each status so far, or with an end of the connection. */
    Map<String, Long> answers() {
        Map<String, Long> counts = new TreeMap<>();
        answers.forEach((answer, count) -> counts.put(answer, count.sum()));
        return counts;
    }

    /** Posts JSON to the gateway over this channel, which it closes. */
    static String post(GatewayDoor gateway, SocketChannel channel, String path, String json) throws IOException {
        try (channel) {
            Socket plain = gateway.connect(channel);
            plain.setSoTimeout(ANSWER_MILLIS);
            return exchange(
                    gateway.encrypt(plain),
                    "POST " + path
                            + " HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: "
                            + json.length() + "\r\nConnection: close\r\n\r\n" + json);
        }
    }

    /** Asks for the joins of the dashboard with this user and password, divided by a colon. */
    static String dashboard(URI admin, String credentials) throws IOException {
        String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        return get(admin, "/api/v1/joins", "Authorization: Basic " + encoded);
    }

    private static String get(URI admin, String path, String header) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(admin.getHost(), admin.getPort()), CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            return exchange(
                    socket,
                    "GET " + path + " HTTP/1.1\r\nHost: " + admin.getAuthority() + "\r\n" + header
                            + "\r\nConnection: close\r\n\r\n");
        }
    }

    private static String exchange(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        String status = new String(line, StandardCharsets.ISO_8859_1);
        return status.isEmpty() ? CLOSED : status.substring(status.indexOf(' ') + 1);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        threads.shutdownNow();
    }
}
