package io.nodejoin.testbed.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** The parts of a kubeconfig file that a kubelet needs: one server, its CA, and the token if there is one. */
record Kubeconfig(URI server, String caPem, String token) {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    static Kubeconfig read(Path file) throws IOException {
        JsonNode root = YAML.readTree(file.toFile());
        JsonNode cluster = root.at("/clusters/0/cluster");
        return new Kubeconfig(
                URI.create(cluster.path("server").asText()),
                caPem(cluster, file),
                root.at("/users/0/user/token").asText());
    }

    /** Returns the kubeconfig for later starts, with the certificate by reference. */
    static String withCertificate(Kubeconfig bootstrap, Path certificate) {
        String ca = Base64.getEncoder().encodeToString(bootstrap.caPem().getBytes(StandardCharsets.UTF_8));
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: default-cluster
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                users:
                - name: default-auth
                  user:
                    client-certificate: %s
                    client-key: %s
                contexts:
                - name: default-context
                  context: {cluster: default-cluster, user: default-auth}
                current-context: default-context
                """.formatted(bootstrap.server(), ca, certificate, certificate);
    }

    private static String caPem(JsonNode cluster, Path file) throws IOException {
        JsonNode data = cluster.path("certificate-authority-data");
        if (data.isTextual()) {
            return new String(Base64.getDecoder().decode(data.asText()), StandardCharsets.UTF_8);
        }
        return Files.readString(
                file.resolveSibling(cluster.path("certificate-authority").asText()));
    }

    @Override
    public String toString() {
        return "Kubeconfig[server=" + server + ", token=<redacted>]";
    }
}
