package io.nodejoin.service.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The kubeconfig in cluster-info: one cluster named by the empty string, nobody's credential. */
final class ClusterInfoText {
    private ClusterInfoText() {}

    static String of(String server, String caCertificates) {
        String ca = Base64.getEncoder().encodeToString(caCertificates.getBytes(StandardCharsets.US_ASCII));
        return """
                apiVersion: v1
                clusters:
                - cluster:
                    certificate-authority-data: %s
                    server: %s
                  name: ""
                contexts: null
                current-context: ""
                kind: Config
                preferences: {}
                users: null
                """.formatted(ca, server);
    }
}
