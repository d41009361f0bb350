package io.nodejoin.agent.discovery;

import io.nodejoin.agent.wire.HttpDate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests without any credential, over TLS with an unverified server. The response is not trusted: a wrong time
 * or status can only fail a join, which an attacker in the server's place can do anyway. Keeps its connections open.
 */
public final class AnonymousClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable HttpClient client;

    /** Returns the server's time; empty if there is no response in time, or no date. */
    public Optional<Instant> serverTime(URI server) {
        return sendHead(server.resolve("/version")).flatMap(HttpDate::parse);
    }

    /** Returns the response status of a resource; empty if there is no response in time. */
    public OptionalInt status(URI resource) {
        return sendHead(resource).stream().mapToInt(HttpResponse::statusCode).findFirst();
    }

    private Optional<HttpResponse<Void>> sendHead(URI resource) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(resource).HEAD().timeout(TIMEOUT).build();
            return Optional.of(client().send(request, HttpResponse.BodyHandlers.discarding()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private HttpClient client() {
        lock.lock();
        try {
            HttpClient created = client == null ? Tls.client(Tls.trustingAll()) : client;
            client = created;
            return created;
        } finally {
            lock.unlock();
        }
    }
}
