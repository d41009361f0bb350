package io.nodejoin.testbed.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.activities.kubernetes.clusterinfo.AccessReviews;
import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.pki.ClientKey;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Map;

/** What people and programs do in the cluster past Nodejoin. */
final class ExternalActor implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final KubernetesClient admin;

    ExternalActor(Path adminKubeconfig) {
        admin = ControlPlane.client(adminKubeconfig);
    }

    /** Ends a token as a person does who deletes Secrets. */
    void delete(Token token) {
        admin.secrets()
                .inNamespace("kube-system")
                .withName("bootstrap-token-" + token.id())
                .delete();
    }

    /** Ends every token of the service's account, by its UID; the rights stay, and the next account of the name has them. */
    void revokeCredentialOfService() {
        admin.serviceAccounts()
                .inNamespace(ManagedObjects.NAMESPACE)
                .withName("nodejoin")
                .delete();
    }

    /** Holds the name back from every machine, as a join does whose certificate is not accounted for. */
    void quarantine(NodeName node) {
        quarantine(node, Duration.ofHours(1));
    }

    void quarantine(NodeName node, Duration time) {
        admin.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(ManagedObjects.NAMESPACE)
                        .withName("quarantine-" + node)
                        .withLabels(Map.of(
                                ManagedObjects.MANAGED_BY,
                                ManagedObjects.MANAGER,
                                "nodejoin.io/inventory",
                                "quarantined-names"))
                        .endMetadata()
                        .addToData("joinId", JoinId.of("test", node.value()).value())
                        .addToData("until", Instant.now().plus(time).toString())
                        .build())
                .create();
    }

    /** Registers the Node as the holder of a certificate for its name can. */
    void registerWithACertificateFor(NodeName node) {
        try (KubernetesClient kubelet = clientAs(node)) {
            kubelet.resource(new NodeBuilder()
                            .withNewMetadata()
                            .withName(node.value())
                            .endMetadata()
                            .build())
                    .create();
        }
    }

    /** Asks for another certificate as the holder of one for this name can; kube-controller-manager approves it. */
    void renewACertificateFor(NodeName node) {
        try (KubernetesClient kubelet = clientAs(node)) {
            requestCertificate(kubelet, node);
        }
    }

    /** Asks for a certificate of the node with a key of its own, as whoever has the bootstrap token can, and does nothing more. */
    void requestACertificateFor(NodeName node, Token token) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(admin.getConfiguration().getMasterUrl())
                .withCaCertData(admin.getConfiguration().getCaCertData())
                .withOauthToken(token.id() + "." + token.secret())
                .build();
        try (KubernetesClient thief =
                new KubernetesClientBuilder().withConfig(config).build()) {
            requestCertificate(thief, node);
        }
    }

    private static void requestCertificate(KubernetesClient client, NodeName node) {
        client.resource(new CertificateSigningRequestBuilder()
                        .withNewMetadata()
                        .withGenerateName("asked-by-a-test-")
                        .endMetadata()
                        .withNewSpec()
                        .withRequest(request(node))
                        .withSignerName("kubernetes.io/kube-apiserver-client-kubelet")
                        .withUsages("digital signature", "client auth")
                        .endSpec()
                        .build())
                .create();
    }

    private static String request(NodeName node) {
        return Base64.getEncoder().encodeToString(ClientKey.newRequestFor(node).getBytes(StandardCharsets.UTF_8));
    }

    private KubernetesClient clientAs(NodeName node) {
        Config config = new ConfigBuilder(admin.getConfiguration())
                .withImpersonateUsername("system:node:" + node)
                .withImpersonateGroups("system:nodes", "system:authenticated")
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Lets kube-controller-manager approve whatever this group asks for. */
    void grantApproval(String binding, String group) {
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(binding)
                        .endMetadata()
                        .withNewRoleRef(
                                "rbac.authorization.k8s.io",
                                "ClusterRole",
                                "system:certificates.k8s.io:certificatesigningrequests:nodeclient")
                        .addNewSubject("rbac.authorization.k8s.io", "Group", group, null)
                        .build())
                .create();
    }

    /** Takes that binding away, and returns once the authorizer knows. */
    void revokeApproval(String binding) {
        admin.rbac().clusterRoleBindings().withName(binding).delete();
        ApprovalRights rights = new ApprovalRights(new AccessReviews(admin));
        await("authorizer without " + binding)
                .atMost(TIMEOUT)
                .until(() -> rights.findProblem(ApprovalMode.NODEJOIN).isEmpty());
    }

    /** Has a pod run on this node, as far as the API server knows, and a budget that keeps it there. */
    void runProtectedPod(NodeName node) {
        String name = "protected-" + node;
        admin.resource(new PodDisruptionBudgetBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withNewMinAvailable(1)
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", name))
                        .endSelector()
                        .endSpec()
                        .build())
                .create();
        admin.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .addToLabels("app", name)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(node.value())
                        .addNewContainer()
                        .withName("c")
                        .withImage("none")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        admin.pods()
                .inNamespace("default")
                .withName(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), """
                        {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}
                        """);
        await("budget of " + name)
                .atMost(TIMEOUT)
                .until(() -> Integer.valueOf(1).equals(budget(node).getStatus().getCurrentHealthy()));
    }

    /** Lets the pod go. */
    void unprotect(NodeName node) {
        admin.resource(budget(node)).delete();
    }

    private PodDisruptionBudget budget(NodeName node) {
        return admin.policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace("default")
                .withName("protected-" + node)
                .require();
    }

    /** Makes the node's last sign of life one of long ago. */
    void stopHeartbeats(NodeName node) {
        admin.leases()
                .inNamespace("kube-node-lease")
                .withName(node.value())
                .edit(lease -> new LeaseBuilder(lease)
                        .editSpec()
                        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC).minusHours(1))
                        .endSpec()
                        .build());
    }

    @Override
    public void close() {
        admin.close();
    }
}
