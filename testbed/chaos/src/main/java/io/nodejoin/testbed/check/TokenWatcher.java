package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;

/** Observes every token that ever exists, so that it can be searched for. */
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

    /** Returns the deleted tokens that the API server still accepts. */
    List<ClusterSnapshot.Token> stillAccepted() {
        return gone.stillAccepted();
    }

    @Override
    public void close() {
        informer.close();
    }
}
