package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tries deleted tokens at the API server until it rejects them. Thread-safe. */
final class DeletedTokens {
    /** The API server caches authentication for ten seconds, and the informer reports deletions with a delay. */
    private static final Duration AUTHENTICATION_CACHE_TTL = Duration.ofSeconds(12);

    private final KubernetesClient admin;
    private final Map<String, DeletedToken> gone = new ConcurrentHashMap<>();

    private record DeletedToken(ClusterSnapshot.Token token, String bearer, Instant since) {}

    DeletedTokens(KubernetesClient admin) {
        this.admin = admin;
    }

    /** It was deleted just now. */
    void onDeleted(ClusterSnapshot.Token token, String bearer) {
        gone.put(token.ref().uid(), new DeletedToken(token, bearer, Instant.now()));
    }

    /** Returns the tokens that are accepted beyond the cache's TTL. One that was rejected once is not tried again. */
    List<ClusterSnapshot.Token> stillAccepted() {
        Instant forgotten = Instant.now().minus(AUTHENTICATION_CACHE_TTL);
        return gone.values().stream()
                .filter(token -> token.since().isBefore(forgotten))
                .filter(this::isAccepted)
                .map(DeletedToken::token)
                .toList();
    }

    private boolean isAccepted(DeletedToken token) {
        boolean opens = Boolean.TRUE.equals(admin.resource(new TokenReviewBuilder()
                        .withNewSpec()
                        .withToken(token.bearer())
                        .endSpec()
                        .build())
                .create()
                .getStatus()
                .getAuthenticated());
        if (!opens) {
            gone.remove(token.token().ref().uid());
        }
        return opens;
    }
}
