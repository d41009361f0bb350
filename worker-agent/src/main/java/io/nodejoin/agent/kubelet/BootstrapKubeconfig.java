package io.nodejoin.agent.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** The bootstrap kubeconfig of a kubelet that requests its client certificate itself. */
public record BootstrapKubeconfig(TrustedCluster cluster, BootstrapToken token) implements KubeletCredential {

    /** Returns the text of the file. It contains the token. */
    public String text() {
        return KubeconfigText.of(cluster, "bootstrap", Map.of("token", token.bearerToken()));
    }

    /** Parses {@link #text}; empty if it is another text. */
    public static Optional<BootstrapKubeconfig> parse(byte[] text) {
        try {
            JsonNode content = new JsonMapper().readTree(text);
            JsonNode cluster = content.path("clusters").path(0).path("cluster");
            byte[] authorities = Base64.getDecoder()
                    .decode(cluster.path("certificate-authority-data").asText());
            return Optional.of(new BootstrapKubeconfig(
                    new TrustedCluster(
                            URI.create(cluster.path("server").asText()),
                            Pem.parseCertificates(new String(authorities, StandardCharsets.UTF_8))),
                    BootstrapToken.parse(content.path("users")
                            .path(0)
                            .path("user")
                            .path("token")
                            .asText())));
        } catch (IOException | CertificateException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
