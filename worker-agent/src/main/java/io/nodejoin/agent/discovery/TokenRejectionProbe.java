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

/** Polls the API server until it rejects a token, over TLS verified with the cluster's CA. */
public final class TokenRejectionProbe {
    /** For a token that the API server has accepted before, or knows for long: its first rejection counts. */
    public static final Instant LONG_AGO = Instant.EPOCH;

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    /**
     * A lagging API server rejects a new token too, so a rejection before the token was ever accepted counts only after
     * this age.
     */
    private static final Duration AUTHENTICATION_CACHE_TTL = Duration.ofSeconds(30);

    private static final int UNAUTHORIZED = 401;

    /** How often the API server is asked, which caches an accepted token for ten seconds. */
    public enum Frequency {
        /** Nothing waits for the answer: every five seconds. */
        SELDOM(10),
        /** A join or a reset waits for the answer: every half second. */
        OFTEN(1);

        private final int polls;

        Frequency(int polls) {
            this.polls = polls;
        }
    }

    private final Clock clock;
    private final Sleeper sleeper;

    public TokenRejectionProbe(Clock clock, Sleeper sleeper) {
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** Returns the time of the clock that it uses. */
    public Instant now() {
        return clock.instant();
    }

    /**
     * Waits until the token is rejected.
     *
     * @param heldSince when this host received the token, or {@link #LONG_AGO}
     * @param watch called every half second; an exception of it ends the wait
     * @return false if the token is still accepted, or the server does not respond, at the deadline
     */
    public boolean awaitRejection(
            TrustedCluster cluster,
            BootstrapToken token,
            Instant heldSince,
            Frequency frequency,
            Instant deadline,
            Runnable watch)
            throws InterruptedException {
        try (HttpClient client = Tls.client(Tls.trusting(cluster.authorities()))) {
            HttpRequest request = HttpRequest.newBuilder(cluster.apiServer().resolve("/version"))
                    .timeout(REQUEST_TIMEOUT)
                    .header("Authorization", "Bearer " + token.bearerToken())
                    .build();
            boolean accepted = false;
            for (int poll = 0; clock.instant().isBefore(deadline); poll++) {
                if (poll % frequency.polls == 0) {
                    int status = status(client, request);
                    boolean old = clock.instant().isAfter(heldSince.plus(AUTHENTICATION_CACHE_TTL));
                    if (status == UNAUTHORIZED && (accepted || old)) {
                        return true;
                    }
                    accepted = accepted || status / 100 == 2;
                }
                watch.run();
                sleeper.sleep(POLL_INTERVAL);
            }
            return false;
        }
    }

    /** Returns the status, or 0 if there was no response. */
    private static int status(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }
}
