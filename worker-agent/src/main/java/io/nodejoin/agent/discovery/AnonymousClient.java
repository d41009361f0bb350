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

/**
 * Asks a server as a stranger does: without any credential, over TLS with whoever answers. What it learns is trusted with
 * nothing: a false time or status can end a join and no more, which whoever answers in the server's place can anyway.
 */
public final class AnonymousClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** The server's time; empty if nobody answers in time, or without a date. */
    public Optional<Instant> serverTime(URI server) {
        return sendHead(server.resolve("/version")).flatMap(HttpDate::parse);
    }

    /** The status with which a resource is answered; empty if nobody answers in time. */
    public OptionalInt status(URI resource) {
        return sendHead(resource).stream().mapToInt(HttpResponse::statusCode).findFirst();
    }

    private static Optional<HttpResponse<Void>> sendHead(URI resource) {
        HttpClient client = Tls.client(Tls.trustingAll());
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(resource).HEAD().timeout(TIMEOUT).build();
            return Optional.of(client.send(request, HttpResponse.BodyHandlers.discarding()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            client.shutdownNow();
        }
    }
}
