package io.nodejoin.testbed.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.testbed.pki.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** The Kubernetes API under one credential of a kubelet. */
final class KubeletApiClient implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int TOO_MANY_REQUESTS = 429;

    /** One for all: each client would have platform threads of its own otherwise. */
    private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final URI server;
    private final String authorization;
    private final HttpClient http;
    private final LongAdder calls;

    private KubeletApiClient(URI server, String authorization, HttpClient http, LongAdder calls) {
        this.server = server;
        this.authorization = authorization;
        this.http = http;
        this.calls = calls;
    }

    /**
     * Shows no certificate, and the token of the kubeconfig if it has one.
     *
     * @param calls counts the requests
     */
    static KubeletApiClient withToken(Kubeconfig config, LongAdder calls) throws IOException, GeneralSecurityException {
        String authorization = config.token().isEmpty() ? "" : "Bearer " + config.token();
        return new KubeletApiClient(config.server(), authorization, client(TlsContexts.create(config.caPem())), calls);
    }

    static KubeletApiClient withCertificate(Kubeconfig config, String chainAndKeyPem, LongAdder calls)
            throws IOException, GeneralSecurityException {
        return new KubeletApiClient(
                config.server(), "", client(TlsContexts.create(config.caPem(), chainAndKeyPem)), calls);
    }

    private static HttpClient client(SSLContext trust) {
        return HttpClient.newBuilder()
                .sslContext(trust)
                .version(HttpClient.Version.HTTP_1_1)
                .executor(THREADS)
                .connectTimeout(TIMEOUT)
                .build();
    }

    /** The same connections with a token. */
    KubeletApiClient bearing(BootstrapToken token) {
        return new KubeletApiClient(server, "Bearer " + token.bearerToken(), http, calls);
    }

    /** A response of the API server, whatever its status. */
    record Response(int status, JsonNode body) {

        /** Returns whether the object already exists. */
        boolean isConflict() {
            return status == 409;
        }

        boolean isMissing() {
            return status == 404;
        }

        /** Returns the body, if the status is a success or says that the object already exists. */
        JsonNode created(String what) throws IOException {
            if (status / 100 != 2 && !isConflict()) {
                throw new IOException(
                        what + ": " + status + " " + body.path("message").asText());
            }
            return body;
        }
    }

    Response get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    Response post(String path, ObjectNode body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build());
    }

    Response mergePatch(String path, ObjectNode body) throws IOException, InterruptedException {
        return patch(path, "application/merge-patch+json", body);
    }

    /** Lists with merge keys, such as conditions, are merged by key. */
    Response strategicPatch(String path, ObjectNode body) throws IOException, InterruptedException {
        return patch(path, "application/strategic-merge-patch+json", body);
    }

    /** Returns the objects of a watch as they arrive; ends when the server ends it. */
    Stream<JsonNode> watch(String path, String fieldSelector) throws IOException, InterruptedException {
        calls.increment();
        var request = HttpRequest.newBuilder(
                        server.resolve(path + "?watch=true&timeoutSeconds=60&fieldSelector=" + fieldSelector))
                .header("Authorization", authorization)
                .GET()
                .build();
        var response = http.send(request, BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            response.body().close();
            throw new IOException("watch of " + path + ": " + response.statusCode());
        }
        return response.body().map(KubeletApiClient::parsed).map(event -> event.path("object"));
    }

    private Response patch(String path, String type, ObjectNode body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", type)
                .method("PATCH", BodyPublishers.ofString(body.toString()))
                .build());
    }

    /** As clients of Kubernetes do, sends a request again that the API server puts off. */
    private Response send(HttpRequest request) throws IOException, InterruptedException {
        while (true) {
            calls.increment();
            var response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() != TOO_MANY_REQUESTS) {
                return new Response(response.statusCode(), parsed(response.body()));
            }
            TimeUnit.SECONDS.sleep(
                    response.headers().firstValueAsLong("Retry-After").orElse(1));
        }
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT);
        return authorization.isEmpty() ? request : request.header("Authorization", authorization);
    }

    private static JsonNode parsed(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return JSON.createObjectNode().put("message", body);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
