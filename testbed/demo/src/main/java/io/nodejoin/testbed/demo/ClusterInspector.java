package io.nodejoin.testbed.demo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.nodejoin.testbed.controlplane.ControlPlane;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Inspects the cluster as its administrator, independently of Nodejoin, to check the demo's promises. It watches the
 * token Secrets from its start, so that it can scan for them.
 */
final class ClusterInspector implements AutoCloseable {
    private static final String TOKEN_TYPE = "bootstrap.kubernetes.io/token";
    private static final String JWS_PREFIX = "jws-kubeconfig-";
    private static final Set<String> DECISIONS = Set.of("Approved", "Denied");

    private final KubernetesClient admin;
    private final Watch tokens;
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();

    ClusterInspector(Path adminKubeconfig) {
        admin = ControlPlane.client(adminKubeconfig);
        tokens = admin.secrets()
                .inNamespace("kube-system")
                .withField("type", TOKEN_TYPE)
                .watch(new TokenSecretWatcher());
    }

    /** The secret halves of all tokens seen so far. */
    Set<String> observedTokenSecrets() {
        return Set.copyOf(secrets);
    }

    /** Returns the leftovers in the cluster, without those on the failed host. */
    Leftovers findLeftovers(Set<String> expectedNodes, List<String> hostResidue) {
        return new Leftovers(
                names(
                        admin
                                .secrets()
                                .inNamespace("kube-system")
                                .withField("type", TOKEN_TYPE)
                                .list()
                                .getItems()
                                .stream()),
                signatures(),
                names(admin.certificates().v1().certificateSigningRequests().list().getItems().stream()
                        .filter(csr -> !decided(csr))),
                names(admin.nodes().list().getItems().stream()).stream()
                        .filter(node -> !expectedNodes.contains(node))
                        .toList(),
                hostResidue);
    }

    /** Returns the names of the nodes that the API server reports Ready. */
    Set<String> readyNodes() {
        return admin.nodes().list().getItems().stream()
                .filter(node -> node.getStatus().getConditions().stream().anyMatch(ClusterInspector::ready))
                .map(node -> node.getMetadata().getName())
                .collect(Collectors.toUnmodifiableSet());
    }

    private List<String> signatures() {
        ConfigMap info = admin.configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .get();
        return info == null
                ? List.of()
                : info.getData().keySet().stream()
                        .filter(key -> key.startsWith(JWS_PREFIX))
                        .toList();
    }

    private static boolean ready(NodeCondition condition) {
        return condition.getType().equals("Ready") && condition.getStatus().equals("True");
    }

    private static boolean decided(CertificateSigningRequest csr) {
        return csr.getStatus() != null
                && csr.getStatus().getConditions().stream()
                        .anyMatch(condition -> DECISIONS.contains(condition.getType()));
    }

    private static List<String> names(Stream<? extends HasMetadata> objects) {
        return objects.map(object -> object.getMetadata().getName()).toList();
    }

    @Override
    public void close() {
        tokens.close();
        admin.close();
    }

    private final class TokenSecretWatcher implements Watcher<Secret> {
        @Override
        public void eventReceived(Action action, Secret token) {
            String encoded = token.getData() == null ? null : token.getData().get("token-secret");
            if (encoded != null) {
                secrets.add(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            // The list at the end does not depend on this watch; a lost watch only narrows the scan for secrets.
        }
    }
}
