package io.nodejoin.agent.kubelet;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TrustedCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The text of a kubeconfig. Written as JSON, which is valid YAML and needs no escaping rules of its own. */
final class KubeconfigText {
    private KubeconfigText() {}

    /**
     * Returns a kubeconfig with one cluster and one user.
     *
     * @param name names both
     * @param user the user's credential
     */
    static String of(TrustedCluster cluster, String name, Map<String, String> user) {
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
                        name,
                        "cluster",
                        Map.of("server", cluster.apiServer().toString(), "certificate-authority-data", authorities))),
                "users",
                List.of(Map.of("name", name, "user", user)),
                "contexts",
                List.of(Map.of("name", name, "context", Map.of("cluster", name, "user", name))),
                "current-context",
                name);
        try {
            return new JsonMapper().writeValueAsString(content);
        } catch (IOException e) {
            throw new IllegalStateException("maps and strings have a JSON form", e);
        }
    }
}
