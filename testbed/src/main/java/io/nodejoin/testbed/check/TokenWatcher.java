package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;

/** Sees every token that is ever alive, so that it can be looked for where it must not be. */
final class TokenWatcher implements AutoCloseable {
    private final DeletedTokens gone;
    private final TokenHistory history;
    private final SharedIndexInformer<Secret> informer;

    TokenWatcher(KubernetesClient admin) {
        gone = new DeletedTokens(admin);
        history = new TokenHistory(gone::onDeleted);
        informer = admin.secrets()
                .inNamespace("kube-system")
                .withField("type", "bootstrap.kubernetes.io/token")
                .inform(history);
    }

    TokenHistory history() {
        return history;
    }

    /** Those that are gone, and with which the API server lets somebody in all the same. */
    List<ClusterSnapshot.Token> stillAccepted() {
        return gone.stillAccepted();
    }

    @Override
    public void close() {
        informer.close();
    }
}
