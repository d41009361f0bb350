package io.nodejoin.testbed.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.testbed.pki.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.stream.Stream;

/** The Kubernetes API under one credential of a kubelet. */
final class KubeletApiClient implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final URI server;
    private final String authorization;
    private final HttpClient http;

    private KubeletApiClient(URI server, String authorization, HttpClient http) {
        this.server = server;
        this.authorization = authorization;
        this.http = http;
    }

    static KubeletApiClient withToken(Kubeconfig config) throws IOException, GeneralSecurityException {
        var http = HttpClient.newBuilder()
                .sslContext(TlsContexts.create(config.caPem()))
                .connectTimeout(TIMEOUT)
                .build();
        return new KubeletApiClient(config.server(), "Bearer " + config.token(), http);
    }

    static KubeletApiClient withCertificate(Kubeconfig config, String chainAndKeyPem)
            throws IOException, GeneralSecurityException {
        var http = HttpClient.newBuilder()
                .sslContext(TlsContexts.create(config.caPem(), chainAndKeyPem))
                .connectTimeout(TIMEOUT)
                .build();
        return new KubeletApiClient(config.server(), "", http);
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

    private Response send(HttpRequest request) throws IOException, InterruptedException {
        var response = http.send(request, BodyHandlers.ofString());
        return new Response(response.statusCode(), parsed(response.body()));
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
