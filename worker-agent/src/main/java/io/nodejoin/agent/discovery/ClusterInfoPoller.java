package io.nodejoin.agent.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.protocol.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Polls cluster-info until it contains what the caller looks for: the API server may be restarting. */
final class ClusterInfoPoller {
    private static final String CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    /** For a connection that was opened early: a dead one must not cost a join more. */
    private static final Duration SINGLE_REQUEST_TIMEOUT = Duration.ofSeconds(2);
    /** Ends, with one more request, before the join's timeout of the kubelet's start. */
    private static final Duration TIMEOUT = Duration.ofSeconds(70);

    private static final Duration MIN_BACKOFF = Duration.ofMillis(200);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);
    private static final int OK = 200;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");
    /** The server is not trusted yet. */
    private static final long MAX_RESPONSE_BYTES = 1024 * 1024;

    private static final JsonMapper JSON = new JsonMapper();

    private final URI apiServer;
    private final Clock clock;
    private final Sleeper sleeper;
    private final RandomGenerator random;
    private final Duration requestTimeout;
    private final Instant deadline;

    /** The timeout starts now, and is one for all reads. */
    ClusterInfoPoller(URI apiServer, Clock clock, Sleeper sleeper, RandomGenerator random) {
        this(apiServer, clock, sleeper, random, REQUEST_TIMEOUT, clock.instant().plus(TIMEOUT));
    }

    private ClusterInfoPoller(
            URI apiServer,
            Clock clock,
            Sleeper sleeper,
            RandomGenerator random,
            Duration requestTimeout,
            Instant deadline) {
        this.apiServer = apiServer;
        this.clock = clock;
        this.sleeper = sleeper;
        this.random = random;
        this.requestTimeout = requestTimeout;
        this.deadline = deadline;
    }

    /** Returns a poller that reads once and does not wait. */
    static ClusterInfoPoller once(URI apiServer, Clock clock, Sleeper sleeper, RandomGenerator random) {
        return new ClusterInfoPoller(apiServer, clock, sleeper, random, SINGLE_REQUEST_TIMEOUT, Instant.MIN);
    }

    URI apiServer() {
        return apiServer;
    }

    /**
     * Returns what the function finds in the data of cluster-info.
     *
     * @param client a client that must trust the API server's certificate
     * @param what names what is looked for, for messages
     * @throws HostException with {@code JWS_TIMEOUT} if it is not there in time; immediately with
     *     {@code CA_PIN_MISMATCH} if the API server's certificate is not trusted
     */
    <T> T await(HttpClient client, String what, Function<JsonNode, Optional<T>> look) throws InterruptedException {
        Backoff backoff = new Backoff(random, MIN_BACKOFF, MAX_BACKOFF);
        while (true) {
            Duration wish = Duration.ZERO;
            String seen;
            try {
                HttpResponse<byte[]> response = fetch(client);
                Optional<T> found =
                        response.statusCode() == OK ? look.apply(parseData(response.body())) : Optional.empty();
                if (found.isPresent()) {
                    return found.get();
                }
                wish = retryAfter(response);
                seen = "it responds with " + response.statusCode();
            } catch (IOException e) {
                failIfUntrusted(e);
                seen = e.toString();
            }
            if (clock.instant().isAfter(deadline)) {
                throw new HostException(
                        ErrorCode.CLUSTER_INFO_SIGNATURE_MISSING,
                        "no " + what + " in cluster-info at " + apiServer + " in time: " + seen);
            }
            sleeper.sleep(wish.plus(backoff.nextDelay()));
        }
    }

    private HttpResponse<byte[]> fetch(HttpClient client) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(apiServer.resolve(CLUSTER_INFO))
                .timeout(requestTimeout)
                .build();
        return client.send(
                request,
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_RESPONSE_BYTES));
    }

    static JsonNode parseData(byte[] configMap) throws IOException {
        return JSON.readTree(configMap).path("data");
    }

    /**
     * Returns the server's Retry-After, within limits: among clients that ignore theirs, a longer wait would not help.
     */
    private static Duration retryAfter(HttpResponse<?> response) {
        Duration wish = response.headers()
                .firstValue("Retry-After")
                .filter(value -> SECONDS.matcher(value).matches())
                .map(Long::parseLong)
                .map(Duration::ofSeconds)
                .orElse(Duration.ZERO);
        return wish.compareTo(MAX_BACKOFF) < 0 ? wish : MAX_BACKOFF;
    }

    /** Fails only for an untrusted certificate: a stopping API server breaks off handshakes as well. */
    private void failIfUntrusted(IOException failure) {
        Stream.iterate((Throwable) failure, Objects::nonNull, Throwable::getCause)
                .filter(CertificateException.class::isInstance)
                .findFirst()
                .ifPresent(cause -> {
                    throw new HostException(
                            ErrorCode.CA_PIN_MISMATCH,
                            "the certificate of " + apiServer + " is not from the pinned CA: " + cause.getMessage());
                });
    }
}
