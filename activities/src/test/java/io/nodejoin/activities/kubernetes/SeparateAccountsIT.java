package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.csr.OrphanedCsrMonitor;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.Accounts.Account;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.activities.kubernetes.preparation.ServiceCredential;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The credential of a worker, or of an approver, in the wrong hands. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class SeparateAccountsIT {
    private static final ClusterName WORKER = new ClusterName("worker");
    private static final ClusterName APPROVER = new ClusterName("approver");
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String RBAC = "rbac.authorization.k8s.io";

    @TempDir
    private Path directory;

    private final LiveCluster cluster;
    private final Secret token = ForbiddenCalls.token(UnaryOperator.identity());
    private final NodeName name = new NodeName("separate-" + UUID.randomUUID());
    private ClusterClients clients;

    SeparateAccountsIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.clients = cluster.clients();
    }

    @BeforeEach
    void prepare() throws IOException {
        Path worker = directory.resolve("worker.kubeconfig");
        Path approver = directory.resolve("approver.kubeconfig");
        try (AdminCluster admin = AdminCluster.open(cluster.adminKubeconfig())) {
            new ClusterPreparation(admin, ApprovalMode.NODEJOIN, Accounts.separate, false).apply();
            new ServiceCredential(admin, Account.WORKER, Clock.systemUTC(), Duration.ofHours(1)).write(worker);
            new ServiceCredential(admin, Account.APPROVER, Clock.systemUTC(), Duration.ofHours(1)).write(approver);
        }
        clients = new KubeconfigClients(Map.of(WORKER, worker, APPROVER, approver));
    }

    @AfterEach
    void cleanUp() {
        clients.close();
        cluster.admin().resource(token).delete();
        for (Account account : Accounts.separate.accounts()) {
            cluster.admin()
                    .serviceAccounts()
                    .inNamespace(ManagedObjects.NAMESPACE)
                    .withName(account.accountName())
                    .delete();
        }
    }

    @Test
    void shouldLetTheWorkerMintAndTheApproverApproveWhatIsRequestedByIt() {
        // given
        clients.client(WORKER).resource(token).create();
        CertificateSigningRequest csr = request();

        // then
        assertThatCode(() -> approve(APPROVER, csr)).doesNotThrowAnyException();
    }

    @Test
    void shouldLetNeitherDoWhatTheOtherDoes() {
        // given
        clients.client(WORKER).resource(token).create();
        CertificateSigningRequest csr = request();

        // when
        KubernetesClientException approving = refusal(() -> approve(WORKER, csr));
        KubernetesClientException minting = refusal(() -> clients.client(APPROVER)
                .resource(ForbiddenCalls.token(UnaryOperator.identity()))
                .create());
        KubernetesClientException deleting = refusal(
                () -> clients.client(APPROVER).nodes().withName(name.value()).delete());

        // then
        assertThat(approving)
                .hasMessageContaining(
                        "nodejoin-worker\" cannot update resource \"certificatesigningrequests/approval\"");
        assertThat(minting).hasMessageContaining("nodejoin-approver\" cannot create resource \"secrets\"");
        assertThat(deleting).hasMessageContaining("nodejoin-approver\" cannot delete resource \"nodes\"");
    }

    @Test
    void shouldForbidItByPolicyWhereSomebodyHasGivenThemEachOthersRights() {
        // given
        HasMetadata approval = cluster.admin()
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName("planted-" + UUID.randomUUID())
                        .endMetadata()
                        .withNewRoleRef(RBAC, "ClusterRole", "nodejoin-approver")
                        .addNewSubject("", "ServiceAccount", "nodejoin-worker", ManagedObjects.NAMESPACE)
                        .build())
                .create();
        HasMetadata minting = cluster.admin()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("planted-" + UUID.randomUUID())
                        .withNamespace("kube-system")
                        .endMetadata()
                        .withNewRoleRef(RBAC, "Role", "nodejoin:tokens")
                        .addNewSubject("", "ServiceAccount", "nodejoin-approver", ManagedObjects.NAMESPACE)
                        .build())
                .create();
        try {
            clients.client(WORKER).resource(token).create();
            CertificateSigningRequest csr = request();

            // when the API server knows the bindings
            KubernetesClientException approved = awaitRefusal(() -> approve(WORKER, csr));
            KubernetesClientException minted = awaitRefusal(() -> clients.client(APPROVER)
                    .resource(ForbiddenCalls.token(UnaryOperator.identity()))
                    .create());

            // then
            assertThat(approved).hasMessageContaining("the worker of Nodejoin may not decide certificate requests");
            assertThat(minted).hasMessageContaining("the approver of Nodejoin may not mint tokens");
        } finally {
            cluster.admin().resource(approval).delete();
            cluster.admin().resource(minting).delete();
        }
    }

    @Test
    void shouldLetTheWorkerTellOfNodesAndTheApproverOfCertificateRequests() {
        // given
        Event onNode = LeastPrivilegeIT.event("nodejoin.io/nodejoin", "v1", "Node", "JoinStarted");
        Event onRequest = LeastPrivilegeIT.event(
                "nodejoin.io/nodejoin", "certificates.k8s.io/v1", "CertificateSigningRequest", "CertificateDenied");

        // when
        KubernetesClientException byApprover =
                refusal(() -> clients.client(APPROVER).resource(onNode).create());
        KubernetesClientException byWorker =
                refusal(() -> clients.client(WORKER).resource(onRequest).create());

        // then
        assertThat(byApprover).hasMessageContaining("the worker of Nodejoin tells of Nodes");
        assertThat(byWorker).hasMessageContaining("the approver of certificate requests");
        assertThatCode(() -> {
                    clients.client(WORKER).resource(onNode).create();
                    clients.client(APPROVER).resource(onRequest).create();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void shouldLetTheApproverAloneWriteWhatANodeMayServeAs() {
        // given
        Node node = cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name.value())
                        .endMetadata()
                        .build())
                .create();
        ConfigMap inventory = ForbiddenLedgerWrites.serving(
                        name.value(), node.getMetadata().getUid())
                .build();

        // when
        KubernetesClientException created =
                refusal(() -> clients.client(WORKER).resource(inventory).create());
        clients.client(APPROVER).resource(inventory).create();
        KubernetesClientException deleted =
                refusal(() -> clients.client(WORKER).resource(inventory).delete());

        // then
        assertThat(created).hasMessageContaining("the approver of Nodejoin writes what nodes may serve as");
        assertThat(deleted).hasMessageContaining("the approver of Nodejoin writes what nodes may serve as");
        clients.client(APPROVER).resource(inventory).delete();
        assertThat(cluster.admin().resource(inventory).get()).isNull();
        cluster.admin().resource(node).delete();
    }

    @Test
    void shouldLetTheApproverWriteNothingElse() {
        // given
        ConfigMap entry =
                cluster.admin().resource(entry("join-" + UUID.randomUUID())).create();

        // when
        KubernetesClientException created = refusal(() ->
                clients.client(APPROVER).resource(entry("quarantine-" + name)).create());
        KubernetesClientException deleted =
                refusal(() -> clients.client(APPROVER).resource(entry).delete());

        // then
        assertThat(created).hasMessageContaining("the worker all else");
        assertThat(deleted).hasMessageContaining("the worker all else");
        cluster.admin().resource(entry).delete();
    }

    private static ConfigMap entry(String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(ManagedObjects.NAMESPACE)
                .withName(name)
                .endMetadata()
                .build();
    }

    @Test
    void shouldDenyByTheApproverWhatATokenWithoutLedgerEntryHasRequested() {
        // given
        clients.client(WORKER).resource(token).create();
        CertificateSigningRequest csr = request();
        try (KubernetesCertificateActivities certificates =
                new KubernetesCertificateActivities(clients, _ -> {}, _ -> {})) {
            certificates.startWatch(APPROVER);
            OrphanedCsrMonitor known = new OrphanedCsrMonitor(APPROVER, certificates, () -> Set.of(tokenId()), _ -> {});
            OrphanedCsrMonitor orphaned = new OrphanedCsrMonitor(APPROVER, certificates, Set::of, _ -> {});

            // when the watch has seen the request
            await("denial").atMost(SOON).until(() -> {
                known.run();
                assertThat(conditions(csr)).isEmpty();
                orphaned.run();
                return !conditions(csr).isEmpty();
            });

            // then
            assertThat(conditions(csr)).singleElement().satisfies(condition -> {
                assertThat(condition.getType()).isEqualTo("Denied");
                assertThat(condition.getMessage()).contains("no join of this token is known");
            });
        }
    }

    private List<CertificateSigningRequestCondition> conditions(CertificateSigningRequest csr) {
        return cluster.admin()
                .certificates()
                .v1()
                .certificateSigningRequests()
                .withName(csr.getMetadata().getName())
                .require()
                .getStatus()
                .getConditions();
    }

    private TokenId tokenId() {
        return new TokenId(token.getMetadata().getName().substring("bootstrap-token-".length()));
    }

    private CertificateSigningRequest request() {
        try (KubernetesClient bearer = cluster.bearing(new BootstrapToken(tokenId(), "0123456789abcdef"))) {
            return Joiner.askForCertificate(bearer, name);
        }
    }

    private static KubernetesClientException awaitRefusal(ThrowingCallable call) {
        Predicate<KubernetesClientException> byPolicy =
                refusal -> String.valueOf(refusal.getMessage()).contains("ValidatingAdmissionPolicy");
        return await("refusal by policy").atMost(SOON).until(() -> refusal(call), byPolicy);
    }

    private static KubernetesClientException refusal(ThrowingCallable call) {
        KubernetesClientException refusal = catchThrowableOfType(KubernetesClientException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.getCode()).isEqualTo(403);
        return refusal;
    }

    private void approve(ClusterName account, CertificateSigningRequest csr) {
        Joiner.approve(clients.client(account), csr, "Join x: honest; for system:node:" + name);
    }
}
