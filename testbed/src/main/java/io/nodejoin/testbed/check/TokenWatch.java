package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers the secret of every token that was ever alive, so that it can be looked for where it must not be. */
final class TokenWatch implements AutoCloseable {
    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final SharedIndexInformer<Secret> informer;

    TokenWatch(KubernetesClient admin) {
        informer = admin.secrets()
                .inNamespace("kube-system")
                .withField("type", "bootstrap.kubernetes.io/token")
                .inform(new Memory());
    }

    Map<String, String> secrets() {
        return Map.copyOf(secrets);
    }

    @Override
    public void close() {
        informer.close();
    }

    private final class Memory implements ResourceEventHandler<Secret> {
        @Override
        public void onAdd(Secret token) {
            remember(token);
        }

        @Override
        public void onUpdate(Secret before, Secret token) {
            remember(token);
        }

        @Override
        public void onDelete(Secret token, boolean deletedFinalStateUnknown) {
            remember(token);
        }

        private void remember(Secret token) {
            Map<String, String> data = token.getData() == null ? Map.of() : token.getData();
            ClusterReader.text(data, "token-secret")
                    .ifPresent(secret -> secrets.put(
                            "the secret of token "
                                    + ClusterReader.text(data, "token-id").orElse("without id"),
                            secret));
        }
    }
}
