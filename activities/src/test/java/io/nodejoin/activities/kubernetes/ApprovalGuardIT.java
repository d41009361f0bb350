package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's real credential in the wrong hands: it mints a token, requests a certificate, and approves it. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class ApprovalGuardIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String TRUE_NAME = "ValidatingAdmissionPolicy 'nodejoin-certificates'";
    private static final String FREE_NAME = "ValidatingAdmissionPolicy 'nodejoin-certificate-names'";

    private final LiveCluster cluster;
    private final KubernetesClient thief;
    private final Secret stolen = ForbiddenCalls.token(UnaryOperator.identity());
    private final NodeName name = new NodeName("guard-" + UUID.randomUUID());

    ApprovalGuardIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.thief = cluster.clients().client(LiveCluster.NAME);
    }

    @BeforeEach
    void mint() {
        thief.resource(stolen).create();
    }

    @AfterEach
    void cleanUp() {
        cluster.admin().resource(stolen).delete();
        cluster.admin().nodes().withName(name.value()).delete();
    }

    @Test
    void shouldApproveNoCertificateForTheNameOfARegisteredNode() {
        // given
        cluster.admin().resource(node()).create();

        // when
        KubernetesClientException refusal = await("the policy knows the Node")
                .atMost(SOON)
                .until(() -> refusal(request(name), "Join x: honest; for system:node:" + name), found -> found != null);

        // then
        assertThat(refusal.getCode()).isEqualTo(403);
        assertThat(refusal).hasMessageContaining(FREE_NAME);
    }

    @Test
    void shouldApproveTheCertificateOfANodeWhoseMachineHasNotRegistered() {
        // given
        cluster.admin().resource(joining(name)).create();
        CertificateSigningRequest csr = request(name);

        // then
        assertThatCode(() -> approve(csr, "Join x: honest; for system:node:" + name))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'metadata': {'labels': {'node-role.kubernetes.io/control-plane': ''}}}",
                "{'metadata': {'labels': {'node-role.kubernetes.io/master': ''}}}",
                "{'status': {'nodeInfo': {'machineID': '0123456789abcdef0123456789abcdef'}}}"
            })
    void shouldApproveNoCertificateForTheNameOfAControlPlaneOrARegisteredMachineThatIsStillMarkedAsJoining(
            String change) {
        // given a Node that the thief has created before its kubelet came
        thief.resource(joining(name)).create();
        Resource<Node> registered = cluster.admin().nodes().withName(name.value());
        (change.contains("status") ? registered.subresource("status") : registered)
                .patch(PatchContext.of(PatchType.JSON_MERGE), change.replace('\'', '"'));

        // when the policy knows the Node
        KubernetesClientException refusal = await().atMost(SOON)
                .until(() -> refusal(request(name), "Join x: honest; for system:node:" + name), found -> found != null);

        // then
        assertThat(refusal.getCode()).isEqualTo(403);
        assertThat(refusal).hasMessageContaining(FREE_NAME);
    }

    @Test
    void shouldMakeNoNodeOfTheNameByWhichHostsFindTheApiServer() {
        // given
        NodeName server = new NodeName("api-" + UUID.randomUUID());
        Resource<ConfigMap> clusterInfo =
                cluster.admin().configMaps().inNamespace("kube-public").withName("cluster-info");
        String before = Objects.requireNonNull(clusterInfo.require().getData().get("kubeconfig"));
        publish(clusterInfo, before.replaceFirst("server: .*", "server: https://" + server + ":6443"));

        // when the policy knows cluster-info
        KubernetesClientException approved = await().atMost(SOON)
                .until(
                        () -> refusal(request(server), "Join x: honest; for system:node:" + server),
                        found -> found != null);
        KubernetesClientException created = catchThrowableOfType(
                KubernetesClientException.class,
                () -> thief.resource(joining(server)).create());

        // then
        publish(clusterInfo, before);
        assertThat(approved).hasMessageContaining("'nodejoin-cluster-info-server'");
        assertThat(created).hasMessageContaining("'nodejoin-cluster-info-server'");
    }

    private static void publish(Resource<ConfigMap> clusterInfo, String kubeconfig) {
        clusterInfo.edit(found ->
                new ConfigMapBuilder(found).addToData("kubeconfig", kubeconfig).build());
    }

    @Test
    void shouldReadALongNameInTheRequest() {
        // given
        NodeName longName = new NodeName((name + ".").repeat(5) + "example.com");
        CertificateSigningRequest csr = request(longName);

        // then
        assertThatCode(() -> approve(csr, "Join x: honest; for system:node:" + longName))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no name", "Join x: honest; for system:node:another", "Join x: honest; for "})
    void shouldNotLetTheMessageHideTheName(String message) {
        // when the policies are in force, which takes the API server a moment
        KubernetesClientException refusal =
                await().atMost(SOON).until(() -> refusal(request(name), message), found -> found != null);

        // then
        assertThat(refusal.getCode()).isEqualTo(403);
        assertThat(refusal).hasMessageContaining(TRUE_NAME);
    }

    /** How a first block is spoiled, as a regular expression and its replacement: the API server takes the first that it understands. */
    enum Spoiled {
        WITHOUT_END("-----END.*\n", ""),
        END_OF_ANOTHER_TYPE("END CERTIFICATE REQUEST", "END CERTIFICATE"),
        TEXT_BEHIND_END("(-----END.*)\n", "$1 text\n"),
        LONE_DASH("\n-----END", "\n-\n-----END"),
        DIGIT_TOO_MANY("(=*)\n-----END", "A$1\n-----END"),
        NOT_AT_ALL("$", "");

        private final String pattern;
        private final String replacement;

        Spoiled(String pattern, String replacement) {
            this.pattern = pattern;
            this.replacement = replacement;
        }

        String of(String pem) {
            return pem.replaceFirst(pattern, replacement);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadTheOnlyBlockOfARequest(Spoiled first) {
        // given
        cluster.admin().resource(node()).create();
        NodeName free = new NodeName("free-" + UUID.randomUUID());
        String pem = first.of(Joiner.pem(free)) + Joiner.pem(name);

        // when
        KubernetesClientException refusal = await("the policy is in force")
                .atMost(SOON)
                .until(
                        () -> refusal(requestOf(pem), "Join x: honest; for system:node:" + free),
                        found -> found != null);

        // then
        assertThat(refusal.getCode()).isEqualTo(403);
        assertThat(refusal).hasMessageContaining(TRUE_NAME);
    }

    @Test
    void shouldTakeNoLargeRequestAndNoneThatCarriesOtherThings() {
        // given
        try (KubernetesClient bearer = bearer()) {
            CertificateSigningRequest honest = request(name);
            CertificateSigningRequest annotated = new CertificateSigningRequestBuilder(honest)
                    .withNewMetadata()
                    .withGenerateName("csr-")
                    .addToAnnotations("example.com/ballast", "x".repeat(100_000))
                    .endMetadata()
                    .withStatus(null)
                    .build();

            // when
            KubernetesClientException refusal = catchThrowableOfType(
                    KubernetesClientException.class,
                    () -> bearer.resource(annotated).create());
            KubernetesClientException large =
                    catchThrowableOfType(KubernetesClientException.class, () -> Joiner.askLarge(bearer, name, 9_000));

            // then
            assertThat(refusal).hasMessageContaining("no labels, annotations, finalizers or owners");
            assertThat(large).hasMessageContaining("at most 8 KB");
        }
    }

    @Test
    void shouldAdoptAndDeleteAYoungNodeOfAKubelet() {
        // given
        Node created = cluster.admin().resource(node()).create();

        // when
        thief.nodes()
                .withName(name.value())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"nodejoin.io/adopted\":\"true\"}}}");
        thief.nodes().withName(name.value()).delete();

        // then
        assertThat(cluster.admin().resource(created).get()).isNull();
    }

    private Node node() {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name.value())
                .endMetadata()
                .build();
    }

    /** As Nodejoin creates it before its machine registers. */
    private static Node joining(NodeName of) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(of.value())
                .addToAnnotations("nodejoin.io/join-id", "0f".repeat(16))
                .addToAnnotations("nodejoin.io/attempt", "1")
                .endMetadata()
                .withNewSpec()
                .addNewTaint("NoSchedule", "nodejoin.io/joining", null, null)
                .endSpec()
                .build();
    }

    private CertificateSigningRequest request(NodeName of) {
        try (KubernetesClient bearer = bearer()) {
            return Joiner.askForCertificate(bearer, of);
        }
    }

    private CertificateSigningRequest requestOf(String pem) {
        try (KubernetesClient bearer = bearer()) {
            return Joiner.ask(bearer, "kubernetes.io/kube-apiserver-client-kubelet", "client auth", pem);
        }
    }

    private KubernetesClient bearer() {
        String id = stolen.getMetadata().getName().substring("bootstrap-token-".length());
        return cluster.bearing(new BootstrapToken(new TokenId(id), "0123456789abcdef"));
    }

    private KubernetesClientException refusal(CertificateSigningRequest csr, String message) {
        return catchThrowableOfType(KubernetesClientException.class, () -> approve(csr, message));
    }

    private void approve(CertificateSigningRequest csr, String message) {
        Joiner.approve(thief, csr, message);
    }
}
