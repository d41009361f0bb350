package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;

/** Sees every token that is ever alive, so that it can be looked for where it must not be. */
final class TokenWatch implements AutoCloseable {
    private final GoneTokens gone;
    private final TokenMemory memory;
    private final SharedIndexInformer<Secret> informer;

    TokenWatch(KubernetesClient admin) {
        gone = new GoneTokens(admin);
        memory = new TokenMemory(gone::went);
        informer = admin.secrets()
                .inNamespace("kube-system")
                .withField("type", "bootstrap.kubernetes.io/token")
                .inform(memory);
    }

    TokenMemory memory() {
        return memory;
    }

    /** Those that are gone, and with which the API server lets somebody in all the same. */
    List<Scene.Token> thatOpen() {
        return gone.thatOpen();
    }

    @Override
    public void close() {
        informer.close();
    }
}
