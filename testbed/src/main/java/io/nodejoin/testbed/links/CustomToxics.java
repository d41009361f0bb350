package io.nodejoin.testbed.links;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The toxics of {@code testbed/toxiproxy/main.go}, which the client library does not know. They lie on one proxy for as long as there is
 * one, before all others.
 */
record CustomToxics(Endpoint control, String proxy) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int REFUSED = 300;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    void install() throws IOException {
        for (ToxicDirection direction : ToxicDirection.values()) {
            for (String type : List.of("count", "forget", "late")) {
                ObjectNode toxic = JSON.createObjectNode()
                        .put("type", type)
                        .put("name", name(type, direction))
                        .put("stream", stream(direction));
                toxic.putObject("attributes");
                JsonNode _ = send(at("").POST(BodyPublishers.ofString(toxic.toString())));
            }
        }
    }

    /** Returns the number of bytes received so far, forwarded or not. */
    long bytes(ToxicDirection direction) throws IOException {
        return send(at("/" + name("count", direction)).GET())
                .at("/attributes/bytes")
                .asLong();
    }

    /** From now on nothing passes on any connection. */
    void silenceAll() throws IOException {
        forget(Long.MAX_VALUE);
    }

    /** From now on nothing passes on connections that are older than this. */
    void silenceBefore(Instant time) throws IOException {
        forget(time.toEpochMilli());
    }

    private void forget(long before) throws IOException {
        for (ToxicDirection direction : ToxicDirection.values()) {
            set(name("forget", direction), "before", before);
        }
    }

    /** Delays traffic in this direction from now on, including data in transit. */
    void delay(ToxicDirection direction, Duration late) throws IOException {
        set(name("late", direction), "millis", late.toMillis());
    }

    private void set(String toxic, String attribute, long value) throws IOException {
        ObjectNode change = JSON.createObjectNode();
        change.putObject("attributes").put(attribute, value);
        JsonNode _ = send(at("/" + toxic).POST(BodyPublishers.ofString(change.toString())));
    }

    private static String name(String type, ToxicDirection direction) {
        return type + "-" + stream(direction);
    }

    private static String stream(ToxicDirection direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + control + "/proxies/" + proxy + "/toxics" + path))
                .timeout(TIMEOUT);
    }

    private static JsonNode send(HttpRequest.Builder question) throws IOException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(question.build(), BodyHandlers.ofString());
            if (answer.statusCode() >= REFUSED) {
                throw new IOException("Toxiproxy answers " + answer.statusCode() + ": " + answer.body());
            }
            return JSON.readTree(answer.body());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while Toxiproxy was asked");
        }
    }
}
