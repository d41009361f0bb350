package io.nodejoin.agent.csr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.discovery.ClusterConnection;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The CertificateSigningRequests of a cluster, under a bootstrap token. An {@link IOException} means that the same call
 * may succeed later, a {@link TokenRejectedException} among them that the token may be gone.
 */
record CsrClient(ClusterConnection api, BootstrapToken token) {
    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration WATCH_TIMEOUT = Duration.ofSeconds(30);
    private static final long MAX_RESPONSE_BYTES = 1024 * 1024;

    private static final int OK = 200;
    private static final int CONFLICT = 409;
    /** A lagging API server does not know the token yet. */
    private static final int UNAUTHORIZED = 401;
    /** A lagging API server does not know the right of the token's group yet (403). */
    private static final Set<Integer> TEMPORARY = Set.of(403, 404, 408, 429);

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Creates an object. Returns false if there is one with its name.
     *
     * @throws HostException with {@code CERTIFICATE_NOT_ISSUED} if the API server rejects it for good
     */
    boolean create(String json) throws IOException, InterruptedException {
        HttpRequest request = request("")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        int status = send(request).statusCode();
        if (status != CONFLICT) {
            requireSuccess(status);
        }
        return status != CONFLICT;
    }

    /** Returns the object with this name. */
    JsonNode read(String name) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(request("/" + name).build());
        requireSuccess(response.statusCode());
        return JSON.readTree(response.body());
    }

    private static void requireSuccess(int status) throws IOException {
        String message = "the API server responds with " + status;
        if (status == UNAUTHORIZED) {
            throw new TokenRejectedException(message);
        }
        if (status / 100 == 4 && !TEMPORARY.contains(status)) {
            throw new HostException(ErrorCode.CERTIFICATE_NOT_ISSUED, message + " to the CSR");
        }
        if (status / 100 != 2) {
            throw new IOException(message);
        }
    }

    /**
     * Watches the object with this name, beginning with its current state, and returns its certificate; empty if the
     * watch ends before it is issued.
     */
    Optional<List<X509Certificate>> awaitCertificate(String name, CsrObject csr)
            throws IOException, InterruptedException {
        CsrWatch watch = new CsrWatch(csr::issuedChain);
        BodyHandler<Void> events = BodyHandlers.limiting(BodyHandlers.fromLineSubscriber(watch), MAX_RESPONSE_BYTES);
        HttpRequest request = request("?watch=true&fieldSelector=metadata.name%3D" + name + "&timeoutSeconds="
                        + WATCH_TIMEOUT.toSeconds())
                .build();
        CompletableFuture<HttpResponse<Void>> response = api.client()
                .sendAsync(
                        request,
                        info -> info.statusCode() == OK ? events.apply(info) : BodySubscribers.replacing(null));
        try {
            await(CompletableFuture.anyOf(watch.end(), response), WATCH_TIMEOUT.plus(REQUEST_TIMEOUT));
            if (!watch.end().isDone()) {
                requireSuccess(response.join().statusCode());
            }
            return watch.end().getNow(Optional.empty());
        } finally {
            response.cancel(true);
        }
    }

    private HttpRequest.Builder request(String what) {
        return HttpRequest.newBuilder(api.cluster().apiServer().resolve(PATH + what))
                .timeout(REQUEST_TIMEOUT)
                .header("Authorization", "Bearer " + token.bearerToken());
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> response =
                api.client().sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_RESPONSE_BYTES));
        try {
            return await(response, REQUEST_TIMEOUT);
        } finally {
            response.cancel(true);
        }
    }

    /** Bounds the wait for the body too, which the timeout of a request does not. */
    private static <T> T await(CompletableFuture<T> response, Duration timeout)
            throws IOException, InterruptedException {
        try {
            return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no response within " + timeout.toSeconds() + " s");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HostException unusable) {
                throw unusable;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }
}
