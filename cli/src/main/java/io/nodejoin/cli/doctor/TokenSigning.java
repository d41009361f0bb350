package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.cli.doctor.ProbeTokens.ProbeToken;
import io.nodejoin.cli.doctor.ProbeTokens.Usage;
import io.nodejoin.protocol.discovery.TokenId;
import java.time.Duration;

/** For information: Nodejoin signs cluster-info itself, and tolerates a signer in the cluster. */
record TokenSigning(KubernetesClient client, ProbeTokens tokens, Poll poll) implements Check {
    private static final Duration SIGNED_WITHIN = Duration.ofSeconds(3);

    @Override
    public Finding run() {
        try (ProbeToken probe = tokens.live(Usage.signing)) {
            boolean signed =
                    poll.until(SIGNED_WITHIN, () -> isSigned(probe.token().id()));
            return new Finding.Passed(
                    signed
                            ? "the cluster signs too; the signatures are the same bytes"
                            : "the cluster does not sign; Nodejoin does it alone");
        }
    }

    private boolean isSigned(TokenId id) {
        ConfigMap map = client.configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .get();
        return map != null && map.getData() != null && map.getData().containsKey(id.signatureKey());
    }
}
