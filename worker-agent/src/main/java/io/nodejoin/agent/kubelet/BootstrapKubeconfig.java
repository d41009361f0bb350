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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The bootstrap kubeconfig of the kubelet. Written as JSON, which is valid YAML and needs no escaping rules of its own.
 */
public record BootstrapKubeconfig(TrustedCluster cluster, BootstrapToken token) {
    private static final String NAME = "bootstrap";

    /** Returns the text of the file. It contains the token. */
    public String text() {
        String authorities = Base64.getEncoder()
                .encodeToString(Pem.encode(cluster.authorities()).getBytes(StandardCharsets.UTF_8));
        Map<String, Object> content = Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Config",
                "clusters",
                List.of(Map.of(
                        "name",
                        NAME,
                        "cluster",
                        Map.of("server", cluster.apiServer().toString(), "certificate-authority-data", authorities))),
                "users",
                List.of(Map.of("name", NAME, "user", Map.of("token", token.bearerToken()))),
                "contexts",
                List.of(Map.of("name", NAME, "context", Map.of("cluster", NAME, "user", NAME))),
                "current-context",
                NAME);
        try {
            return new JsonMapper().writeValueAsString(content);
        } catch (IOException e) {
            throw new IllegalStateException("maps and strings have a JSON form", e);
        }
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
