package io.nodejoin.agent.discovery;

import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Watches the API server until it refuses a token, over TLS verified with the cluster's CA. */
public final class TokenRejectionProbe {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    /** An API server remembers for 10 s that it has accepted a token, so asking more often finds nothing out sooner. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    /** A lagging API server refuses a fresh token too, so a refusal before any acceptance counts only from this age on. */
    private static final Duration AUTHENTICATION_CACHE_TTL = Duration.ofSeconds(30);

    private static final int UNAUTHORIZED = 401;

    private final Clock clock;
    private final Sleeper sleeper;

    public TokenRejectionProbe(Clock clock, Sleeper sleeper) {
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** The time by which it waits. */
    public Instant now() {
        return clock.instant();
    }

    /**
     * Waits until the token is refused.
     *
     * @param heldSince when the token came to this host
     * @param watch called between two questions; what it throws ends the wait
     * @return false if the token is still accepted, or nobody answers, at the deadline
     */
    public boolean awaitRejection(
            TrustedCluster cluster, BootstrapToken token, Instant heldSince, Instant deadline, Runnable watch)
            throws InterruptedException {
        try (HttpClient client = Tls.client(Tls.trusting(cluster.authorities()))) {
            HttpRequest request = HttpRequest.newBuilder(cluster.apiServer().resolve("/version"))
                    .timeout(REQUEST_TIMEOUT)
                    .header("Authorization", "Bearer " + token.bearerToken())
                    .build();
            boolean accepted = false;
            while (clock.instant().isBefore(deadline)) {
                int status = status(client, request);
                boolean old = clock.instant().isAfter(heldSince.plus(AUTHENTICATION_CACHE_TTL));
                if (status == UNAUTHORIZED && (accepted || old)) {
                    return true;
                }
                accepted = accepted || status / 100 == 2;
                watch.run();
                sleeper.sleep(POLL_INTERVAL);
            }
            return false;
        }
    }

    /** The status, or 0 if there was no answer. */
    private static int status(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }
}
