package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Remembers every token that was ever alive, and its secret, so that it can be looked for where it must not be. */
final class TokenWatch implements AutoCloseable {
    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final Map<String, Scene.Token> tokens = new ConcurrentHashMap<>();
    private final Queue<Scene.Overlap> overlaps = new ConcurrentLinkedQueue<>();
    private final GoneTokens gone;
    private final SharedIndexInformer<Secret> informer;

    TokenWatch(KubernetesClient admin) {
        gone = new GoneTokens(admin);
        informer = admin.secrets()
                .inNamespace("kube-system")
                .withField("type", "bootstrap.kubernetes.io/token")
                .inform(new Memory());
    }

    Map<String, String> secrets() {
        return Map.copyOf(secrets);
    }

    List<Scene.Token> tokens() {
        return List.copyOf(tokens.values());
    }

    List<Scene.Overlap> overlaps() {
        return List.copyOf(overlaps);
    }

    /** Those that are gone, and with which the API server lets somebody in all the same. */
    List<Scene.Token> thatOpen() {
        return gone.thatOpen();
    }

    @Override
    public void close() {
        informer.close();
    }

    /** Its calls come one after the other, in the order of the changes, but for what changed while there was no watch. */
    private final class Memory implements ResourceEventHandler<Secret> {
        private final Map<String, Scene.Token> alive = new HashMap<>();

        @Override
        public void onAdd(Secret secret) {
            Scene.Token token = remember(secret);
            alive.values().stream()
                    .filter(other -> !token.join().isEmpty() && other.join().equals(token.join()))
                    .forEach(other -> overlaps.add(new Scene.Overlap(other, token)));
            alive.put(token.ref().uid(), token);
        }

        @Override
        public void onUpdate(Secret before, Secret token) {
            remember(token);
        }

        /** What a new list misses is told after what it adds, whichever came first. */
        @Override
        public void onDelete(Secret secret, boolean deletedFinalStateUnknown) {
            Scene.Token token = remember(secret);
            String uid = token.ref().uid();
            alive.remove(uid);
            gone.went(token, token.id() + "." + secretHalf(secret).orElse(""));
            if (deletedFinalStateUnknown) {
                overlaps.removeIf(overlap -> overlap.first().ref().uid().equals(uid));
            }
        }

        private Scene.Token remember(Secret secret) {
            Scene.Token token = ClusterReader.token(secret);
            tokens.put(token.ref().uid(), token);
            secretHalf(secret).ifPresent(half -> secrets.put("the secret of token " + token.id(), half));
            return token;
        }
    }

    private static Optional<String> secretHalf(Secret secret) {
        return ClusterReader.text(secret.getData() == null ? Map.of() : secret.getData(), "token-secret");
    }
}
