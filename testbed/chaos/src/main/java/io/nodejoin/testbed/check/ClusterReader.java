package io.nodejoin.testbed.check;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.nodejoin.testbed.controlplane.ControlPlane;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** The cluster as its administrator sees it. */
final class ClusterReader implements AutoCloseable {
    private static final String TOKEN_TYPE = "bootstrap.kubernetes.io/token";
    private static final String JOIN_LABEL = "nodejoin.io/join-id";
    private static final String JWS_PREFIX = "jws-kubeconfig-";
    private static final String QUARANTINE_PREFIX = "quarantine-";
    private static final String TOKEN_USER = "system:bootstrap:";

    private final KubernetesClient admin;
    private final DeletedTokens deletedTokens;
    /** Of every token that ever exists, so that it can be searched for. */
    private final TokenHistory tokenHistory;

    private final SharedIndexInformer<Secret> tokenInformer;
    private final String kubeconfigBefore;

    ClusterReader(Path adminKubeconfig) {
        admin = ControlPlane.client(adminKubeconfig);
        deletedTokens = new DeletedTokens(admin);
        tokenHistory = new TokenHistory(deletedTokens::onDeleted);
        tokenInformer = admin.secrets()
                .inNamespace("kube-system")
                .withField("type", TOKEN_TYPE)
                .inform(tokenHistory);
        kubeconfigBefore = clusterInfo()
                .map(info -> info.getData().getOrDefault("kubeconfig", ""))
                .orElse("");
    }

    /** The secret halves of all tokens that were ever seen, by a name for each. */
    Map<String, String> tokenSecrets() {
        return tokenHistory.secrets();
    }

    ClusterSnapshot.KubernetesState read() {
        Optional<ConfigMap> info = clusterInfo();
        Map<String, String> data = info.map(ConfigMap::getData).orElse(Map.of());
        String kubeconfig = data.getOrDefault("kubeconfig", "");
        return new ClusterSnapshot.KubernetesState(
                tokens(),
                tokenHistory.tokens(),
                deletedTokens.stillAccepted(),
                tokenHistory.overlaps(),
                data.keySet().stream()
                        .filter(key -> key.startsWith(JWS_PREFIX))
                        .map(key -> key.substring(JWS_PREFIX.length()))
                        .toList(),
                requests(),
                admin.nodes().list().getItems().stream()
                        .map(ClusterReader::node)
                        .toList(),
                ledger(),
                nameQuarantines(),
                info.map(ClusterReader::refOf)
                        .orElse(new ClusterSnapshot.Ref("ConfigMap", "kube-public/cluster-info", "absent", "0")),
                kubeconfig,
                kubeconfigBefore);
    }

    List<ClusterSnapshot.Token> tokens() {
        return admin.secrets().inNamespace("kube-system").withField("type", TOKEN_TYPE).list().getItems().stream()
                .map(ClusterReader::token)
                .toList();
    }

    private Optional<ConfigMap> clusterInfo() {
        return Optional.ofNullable(admin.configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .get());
    }

    static ClusterSnapshot.Token token(Secret secret) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        return new ClusterSnapshot.Token(
                refOf(secret),
                text(data, "token-id").orElse(""),
                label(secret, JOIN_LABEL),
                creationTime(secret),
                text(data, "expiration").orElse(null),
                text(data, "auth-extra-groups").orElse(""));
    }

    private static ClusterSnapshot.Node node(Node node) {
        Stream<String> labels = node.getMetadata().getLabels().entrySet().stream()
                .map(label -> ClusterSnapshot.label(label.getKey(), label.getValue()));
        Stream<String> taints = node.getSpec().getTaints().stream()
                .map(taint -> ClusterSnapshot.taint(taint.getKey(), taint.getValue(), taint.getEffect()));
        NodeSystemInfo info = node.getStatus().getNodeInfo();
        return new ClusterSnapshot.Node(
                refOf(node),
                creationTime(node),
                info == null ? "" : info.getMachineID(),
                Stream.concat(labels, taints).collect(Collectors.toSet()));
    }

    List<ClusterSnapshot.LedgerEntry> ledger() {
        return admin.configMaps().inNamespace("nodejoin-system").withLabel(JOIN_LABEL).list().getItems().stream()
                .filter(entry -> entry.getMetadata().getName().matches("(token|join|leave)-.*"))
                .map(entry ->
                        new ClusterSnapshot.LedgerEntry(refOf(entry), label(entry, JOIN_LABEL), creationTime(entry)))
                .toList();
    }

    private Map<String, String> nameQuarantines() {
        return admin
                .configMaps()
                .inNamespace("nodejoin-system")
                .withLabel("nodejoin.io/inventory", "quarantined-names")
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(
                        hold -> hold.getMetadata().getName().substring(QUARANTINE_PREFIX.length()),
                        hold -> hold.getData().getOrDefault("machineId", "")));
    }

    private List<ClusterSnapshot.CertificateRequest> requests() {
        return admin.certificates().v1().certificateSigningRequests().list().getItems().stream()
                .filter(csr -> csr.getSpec().getUsername().startsWith(TOKEN_USER))
                .map(ClusterReader::request)
                .toList();
    }

    private static ClusterSnapshot.CertificateRequest request(CertificateSigningRequest csr) {
        List<ClusterSnapshot.Condition> conditions = csr.getStatus() == null
                ? List.of()
                : csr.getStatus().getConditions().stream()
                        .map(condition -> new ClusterSnapshot.Condition(
                                condition.getType(),
                                Optional.ofNullable(condition.getReason()).orElse(""),
                                Instant.parse(condition.getLastUpdateTime())))
                        .toList();
        Optional<PKCS10CertificationRequest> asked = parseRequest(csr.getSpec().getRequest());
        return new ClusterSnapshot.CertificateRequest(
                refOf(csr),
                csr.getSpec().getUsername().substring(TOKEN_USER.length()),
                creationTime(csr),
                asked.map(ClusterReader::commonName).orElse("unreadable"),
                asked.map(ClusterReader::keyDigest).orElse("unreadable"),
                conditions);
    }

    private static Optional<PKCS10CertificationRequest> parseRequest(String pemInBase64) {
        String pem = new String(Base64.getDecoder().decode(pemInBase64), StandardCharsets.UTF_8);
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            return parser.readObject() instanceof PKCS10CertificationRequest asked
                    ? Optional.of(asked)
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static String commonName(PKCS10CertificationRequest asked) {
        RDN[] names = asked.getSubject().getRDNs(BCStyle.CN);
        return names.length == 0
                ? ""
                : names[names.length - 1].getFirst().getValue().toString();
    }

    private static String keyDigest(PKCS10CertificationRequest asked) {
        try {
            return Digest.of(asked.getSubjectPublicKeyInfo().getEncoded());
        } catch (IOException _) {
            return "unreadable";
        }
    }

    static Optional<String> text(Map<String, String> data, String key) {
        return Optional.ofNullable(data.get(key))
                .map(value -> new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
    }

    private static ClusterSnapshot.Ref refOf(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return new ClusterSnapshot.Ref(
                object.getKind(),
                (namespace == null ? "" : namespace + "/")
                        + object.getMetadata().getName(),
                object.getMetadata().getUid(),
                object.getMetadata().getResourceVersion());
    }

    private static Instant creationTime(HasMetadata object) {
        return Instant.parse(object.getMetadata().getCreationTimestamp());
    }

    private static String label(HasMetadata object, String key) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(key, "");
    }

    @Override
    public void close() {
        tokenInformer.close();
        admin.close();
    }
}
