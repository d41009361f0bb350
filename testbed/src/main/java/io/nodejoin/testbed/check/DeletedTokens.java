package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tries tokens that are gone at the API server, until it knows them no more. For many threads. */
final class DeletedTokens {
    /** The API server remembers for ten seconds whom it has let in, and this side hears of a deletion a moment late. */
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

    /** Those that open the door when they should be forgotten. One that was once found unknown is not tried again. */
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
