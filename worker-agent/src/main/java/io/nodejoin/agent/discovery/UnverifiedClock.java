package io.nodejoin.agent.discovery;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The time that a server claims, over TLS with whoever answers: before the cluster is proven there is nothing to verify it
 * by. A false time can end a join and no more, which whoever answers in the server's place can anyway.
 */
public final class UnverifiedClock {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** Asks once, without any credential; empty if nobody answers in time, or without a date. */
    public Optional<Instant> ask(URI server) {
        HttpClient client = Tls.client(Tls.trustingAnyone());
        try {
            HttpRequest request = HttpRequest.newBuilder(server.resolve("/version"))
                    .HEAD()
                    .timeout(TIMEOUT)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding())
                    .headers()
                    .firstValue("Date")
                    .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            client.shutdownNow();
        }
    }
}
