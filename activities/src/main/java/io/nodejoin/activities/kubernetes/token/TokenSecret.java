package io.nodejoin.activities.kubernetes.token;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.workflows.token.TokenRequest;
import java.time.Instant;
import java.util.Map;

/** The Secret that represents a bootstrap token in Kubernetes. */
final class TokenSecret {
    static final String NAMESPACE = "kube-system";
    static final String TYPE = "bootstrap.kubernetes.io/token";
    static final String GROUP = "system:bootstrappers:nodejoin";
    static final String KUBELET_KEY = "nodejoin.io/kubelet-key-sha256";

    private TokenSecret() {}

    /**
     * @param expiresAt in whole seconds: Kubernetes treats an expiration that it cannot parse as expired, and an absent
     *     one as unlimited
     */
    static Secret build(BootstrapToken token, TokenRequest request, Instant expiresAt) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(token.id().secretName())
                .withLabels(ManagedObjects.labels(request.token().joinId()))
                .withAnnotations(annotations(request))
                .endMetadata()
                .withType(TYPE)
                .addToStringData("token-id", token.id().value())
                .addToStringData("token-secret", token.secret())
                .addToStringData("expiration", expiresAt.toString())
                .addToStringData("usage-bootstrap-authentication", "true")
                .addToStringData("usage-bootstrap-signing", "true")
                .addToStringData("auth-extra-groups", GROUP)
                .addToStringData(
                        "description",
                        "Nodejoin: node " + request.node() + ", join "
                                + request.token().joinId() + ", attempt " + request.attempt())
                .build();
    }

    /** Tells people and other approvers which key the token is for. */
    private static Map<String, String> annotations(TokenRequest request) {
        return request.kubeletKeyDigest() == null ? Map.of() : Map.of(KUBELET_KEY, request.kubeletKeyDigest());
    }
}
