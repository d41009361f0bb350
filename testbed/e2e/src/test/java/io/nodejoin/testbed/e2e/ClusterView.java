package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.testbed.controlplane.ControlPlane;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The cluster as its administrator sees it, past Nodejoin; it remembers every token that ever was. */
final class ClusterView implements AutoCloseable {
    private static final String TOKEN_TYPE = "bootstrap.kubernetes.io/token";
    private static final String JOIN_LABEL = "nodejoin.io/join-id";
    private static final Set<String> DECISIONS = Set.of("Approved", "Denied");

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** The garbage collector forgets a token 75 s after it has seen the end of its join, and two minutes after that end at the latest. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(3);
    /** A thief that races a host must not be late by a poll. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

    private final KubernetesClient admin;
    private final SharedIndexInformer<Secret> tokens;
    private final Map<String, Set<Token>> seen = new ConcurrentHashMap<>();

    ClusterView(Path adminKubeconfig) {
        admin = ControlPlane.client(adminKubeconfig);
        tokens = admin.secrets()
                .inNamespace("kube-system")
                .withField("type", TOKEN_TYPE)
                .inform(new TokenRecorder());
    }

    /** A bootstrap token in plain text. */
    record Token(String id, String secret) {
        String user() {
            return "system:bootstrap:" + id;
        }

        @Override
        public String toString() {
            return "Token[id=" + id + ", secret=<redacted>]";
        }
    }

    String kubernetesVersion() {
        return admin.getKubernetesVersion().getGitVersion();
    }

    /** All tokens that this join has had, once there is one. */
    Set<Token> awaitTokens(JoinId join) {
        return await("token of join " + join)
                .pollInterval(POLL_INTERVAL)
                .atMost(TIMEOUT)
                .until(() -> tokens(join), tokens -> !tokens.isEmpty());
    }

    /** All tokens that this join has had so far. */
    Set<Token> tokens(JoinId join) {
        return Set.copyOf(seen.getOrDefault(join.value(), Set.of()));
    }

    /** The ids of those of this join's tokens that are alive now. */
    List<String> liveTokens(JoinId join) {
        return secrets(join).stream()
                .map(secret -> secret.getMetadata().getName().substring("bootstrap-token-".length()))
                .toList();
    }

    private List<Secret> secrets(JoinId join) {
        return admin.secrets()
                .inNamespace("kube-system")
                .withLabel(JOIN_LABEL, join.value())
                .list()
                .getItems();
    }

    /** Whether no machine may have this name for now. */
    boolean isQuarantinedForAll(NodeName node) {
        return quarantineOf(node).filter(hold -> !hold.containsKey("machineId")).isPresent();
    }

    /** The one machine that may have this name for now, if it is held for one. */
    Optional<String> quarantinedFor(NodeName node) {
        return quarantineOf(node).map(hold -> hold.get("machineId"));
    }

    /** Until when the name is held, if it is. */
    Optional<Instant> quarantinedUntil(NodeName node) {
        return quarantineOf(node).map(hold -> Instant.parse(hold.get("until")));
    }

    private Optional<Map<String, String>> quarantineOf(NodeName node) {
        return Optional.ofNullable(admin.configMaps()
                        .inNamespace(ManagedObjects.NAMESPACE)
                        .withName("quarantine-" + node)
                        .get())
                .map(ConfigMap::getData);
    }

    /** What the holder of this token needs to act as a kubelet that is about to bootstrap. */
    String bootstrapKubeconfig(Token token) {
        Config config = admin.getConfiguration();
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
                    token: %s.%s
                """.formatted(config.getMasterUrl(), config.getCaCertData(), token.id(), token.secret());
    }

    Map<String, String> labels(NodeName node) {
        return nodes(node).getFirst().getMetadata().getLabels();
    }

    void awaitCordoned(NodeName node) {
        await("cordon of " + node).atMost(TIMEOUT).until(() -> isCordoned(node));
    }

    boolean isCordoned(NodeName node) {
        return nodes(node).stream()
                .anyMatch(found -> Boolean.TRUE.equals(found.getSpec().getUnschedulable()));
    }

    /** Waits long enough for an eviction that its budget refuses, and checks that the pod is still there. */
    void awaitRefusedEvictions(NodeName node) {
        await("pod on " + node)
                .during(Duration.ofSeconds(4))
                .atMost(TIMEOUT)
                .until(() -> admin.pods()
                                .inNamespace("default")
                                .withName("protected-" + node)
                                .get()
                        != null);
    }

    /** UIDs of the Ready nodes of this name: one or none. */
    List<String> ready(NodeName node) {
        return nodes(node).stream()
                .filter(found -> found.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")))
                .map(found -> found.getMetadata().getUid())
                .toList();
    }

    /** Whether somebody has asked for a certificate with this token. */
    boolean hasRequestOf(Token token) {
        return !requests(token).isEmpty();
    }

    /** When the last request was made with this token, in whole seconds. */
    Instant lastRequestOf(Token token) {
        return requests(token).stream()
                .map(csr -> Instant.parse(csr.getMetadata().getCreationTimestamp()))
                .max(Instant::compareTo)
                .orElseThrow();
    }

    /** The decisions on all requests that were made with this token, as "type reason". */
    List<String> decisions(Token token) {
        return requests(token).stream()
                .flatMap(csr -> conditions(csr).stream())
                .map(condition -> condition.getType() + " " + condition.getReason())
                .toList();
    }

    /**
     * Checks that nothing is left of an ended join's means. Nodejoin is done with them before it says so, but the stock
     * signer may write a signature once more before it hears that the token is gone, and the ledger keeps a token that was asked for more
     * than once until it cannot be made any more.
     */
    void hasNoCredentialsOf(JoinId join) {
        await("end of the means of join " + join)
                .atMost(FORGOTTEN)
                .untilAsserted(() -> assertThat(credentialsOf(join)).isEmpty());
    }

    /** Checks that no token of the join is alive, nothing is signed with one, and nothing asked for with one is undecided. */
    void hasNoTokenOf(JoinId join) {
        await("end of the tokens of join " + join)
                .atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(credentialsOf(join)).noneMatch(left -> !left.startsWith("ConfigMap ")));
    }

    /** What the ledger holds of this join. */
    List<String> ledgerEntries(JoinId join) {
        return names(admin.configMaps()
                .inNamespace("nodejoin-system")
                .withLabel(JOIN_LABEL, join.value())
                .list()
                .getItems());
    }

    /** Token, ledger entry, signature, undecided requests. */
    private List<String> credentialsOf(JoinId join) {
        List<String> left = new ArrayList<>();
        left.addAll(names(secrets(join)));
        left.addAll(ledgerEntries(join));
        for (Token token : seen.getOrDefault(join.value(), Set.of())) {
            left.addAll(signatures(token));
            left.addAll(names(requests(token).stream()
                    .filter(csr ->
                            conditions(csr).stream().noneMatch(condition -> DECISIONS.contains(condition.getType())))
                    .toList()));
        }
        return left;
    }

    /** What there is of a node that should not be: the Node, whatever state it is in. */
    List<String> node(NodeName node) {
        return names(nodes(node));
    }

    private List<Node> nodes(NodeName node) {
        return admin.nodes().withField("metadata.name", node.value()).list().getItems();
    }

    private List<String> signatures(Token token) {
        ConfigMap info = admin.configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .require();
        return info.getData().keySet().stream()
                .filter(key -> key.equals("jws-kubeconfig-" + token.id()))
                .toList();
    }

    private List<CertificateSigningRequest> requests(Token token) {
        return admin.certificates().v1().certificateSigningRequests().list().getItems().stream()
                .filter(csr -> token.user().equals(csr.getSpec().getUsername()))
                .toList();
    }

    private static List<CertificateSigningRequestCondition> conditions(CertificateSigningRequest csr) {
        return csr.getStatus() == null ? List.of() : csr.getStatus().getConditions();
    }

    private static List<String> names(List<? extends HasMetadata> objects) {
        return objects.stream()
                .map(object -> object.getKind() + " " + object.getMetadata().getName())
                .toList();
    }

    @Override
    public void close() {
        tokens.close();
        admin.close();
    }

    private final class TokenRecorder implements ResourceEventHandler<Secret> {
        @Override
        public void onAdd(Secret secret) {
            String join = secret.getMetadata().getLabels().get(JOIN_LABEL);
            Map<String, String> data = secret.getData();
            if (join != null && data != null) {
                seen.computeIfAbsent(join, _ -> ConcurrentHashMap.newKeySet())
                        .add(new Token(text(data, "token-id"), text(data, "token-secret")));
            }
        }

        @Override
        public void onUpdate(Secret before, Secret after) {
            onAdd(after);
        }

        @Override
        public void onDelete(Secret secret, boolean stateUnknown) {
            onAdd(secret);
        }

        private static String text(Map<String, String> data, String member) {
            return new String(Base64.getDecoder().decode(data.get(member)), StandardCharsets.UTF_8);
        }
    }
}
