package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Records every token and which tokens existed at the same time. Updated by one informer thread in the order of
 * changes, except for changes during a re-list; may be read by many threads.
 */
final class TokenHistory implements ResourceEventHandler<Secret> {
    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final Map<String, ClusterSnapshot.Token> tokens = new ConcurrentHashMap<>();
    private final Queue<ClusterSnapshot.Overlap> overlaps = new ConcurrentLinkedQueue<>();
    private final Map<String, ClusterSnapshot.Token> alive = new HashMap<>();
    private final DeletionListener deletions;

    /** Notified of each deleted token and its bearer value. */
    interface DeletionListener {
        void onDeleted(ClusterSnapshot.Token token, String bearer);
    }

    TokenHistory(DeletionListener deletions) {
        this.deletions = deletions;
    }

    /** The secret halves of all, by a name for each. */
    Map<String, String> secrets() {
        return Map.copyOf(secrets);
    }

    List<ClusterSnapshot.Token> tokens() {
        return List.copyOf(tokens.values());
    }

    List<ClusterSnapshot.Overlap> overlaps() {
        return List.copyOf(overlaps);
    }

    @Override
    public void onAdd(Secret secret) {
        ClusterSnapshot.Token token = remember(secret);
        alive.values().stream()
                .filter(other -> !token.join().isEmpty() && other.join().equals(token.join()))
                .forEach(other -> overlaps.add(new ClusterSnapshot.Overlap(other, token)));
        alive.put(token.ref().uid(), token);
    }

    /** A token that was recreated under its name during a re-list is reported as an update of its predecessor. */
    @Override
    public void onUpdate(Secret before, Secret now) {
        if (before.getMetadata().getUid().equals(now.getMetadata().getUid())) {
            remember(now);
        } else {
            onDelete(before, true);
            onAdd(now);
        }
    }

    /** The deletions that a re-list finds are reported after its additions, whichever happened first. */
    @Override
    public void onDelete(Secret secret, boolean deletedFinalStateUnknown) {
        ClusterSnapshot.Token token = remember(secret);
        String uid = token.ref().uid();
        alive.remove(uid);
        deletions.onDeleted(token, token.id() + "." + secretHalf(secret).orElse(""));
        if (deletedFinalStateUnknown) {
            overlaps.removeIf(overlap -> overlap.first().ref().uid().equals(uid));
        }
    }

    private ClusterSnapshot.Token remember(Secret secret) {
        ClusterSnapshot.Token token = ClusterReader.token(secret);
        tokens.put(token.ref().uid(), token);
        secretHalf(secret)
                .ifPresent(half -> secrets.put(
                        "the secret of token " + token.id() + ", uid="
                                + token.ref().uid(),
                        half));
        return token;
    }

    private static Optional<String> secretHalf(Secret secret) {
        return ClusterReader.text(secret.getData() == null ? Map.of() : secret.getData(), "token-secret");
    }
}
