package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.kubernetes.csr.CsrDecisionListener;
import io.nodejoin.activities.kubernetes.csr.KubernetesServingActivities;
import io.nodejoin.activities.kubernetes.csr.ServingCsrWatcher;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.csr.ServingCertificateRequest;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class ServingActivitiesIT {
    private static final String ADDRESS = "10.0.0.7";
    private static final Duration SOON = Duration.ofSeconds(30);

    private final LiveCluster cluster;
    private final Queue<AuditEntry> audit = new ConcurrentLinkedQueue<>();
    private final Queue<String> counted = new ConcurrentLinkedQueue<>();
    private final KubernetesServingActivities adapter;
    private final ActivityHarness harness;
    private final ServingCertificateActivities serving;
    private final Joiner joiner = new Joiner();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Node node;
    private final AllowedServingSans sans;
    private final KubernetesClient kubelet;

    ServingActivitiesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.adapter = new KubernetesServingActivities(cluster.clients(), audit::add, counted::add);
        this.harness = new ActivityHarness(adapter);
        this.serving = harness.stub(ServingCertificateActivities.class);
        this.node = cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(joiner.node.value())
                        .endMetadata()
                        .build())
                .create();
        this.sans = new AllowedServingSans(
                new NodeIdentity(
                        new NodeRef(LiveCluster.NAME, joiner.node),
                        node.getMetadata().getUid()),
                joiner.joinId,
                List.of(ADDRESS));
        this.kubelet = as("system:node:" + joiner.node);
    }

    @AfterEach
    void close() {
        workers.close();
        serving.disallowSans(sans);
        cluster.admin().resource(node).delete();
        kubelet.close();
        harness.close();
        adapter.close();
    }

    @Test
    void shouldIssueACertificateForExactlyWhatIsDeclared() {
        // given
        CertificateSigningRequest csr = ask(ADDRESS);
        serving.allowSans(sans);

        // when
        CertificateResult first = awaitIssued(SOON);
        CertificateResult second = awaitIssued(SOON);

        // then
        assertThat(first)
                .isInstanceOfSatisfying(
                        CertificateResult.Issued.class,
                        issued -> assertThat(issued.csrName())
                                .isEqualTo(csr.getMetadata().getName()))
                .isEqualTo(second);
        assertThat(reason(csr)).isEqualTo("NodejoinApproved");
        assertThat(audit).extracting(AuditEntry::action).containsSubsequence("serving.allow-sans", "csr.approve");
        assertThat(counted).containsExactly("approved");
    }

    @Test
    void shouldDenyAnAddressThatTheJoinDidNotDeclare() {
        // given
        serving.allowSans(sans);
        CertificateSigningRequest csr = ask("10.96.0.1");

        // when
        CertificateResult first = awaitIssued(SOON);
        CertificateResult second = awaitIssued(SOON);

        // then
        assertThat(first)
                .isInstanceOfSatisfying(
                        CertificateResult.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.SERVING_SAN_NOT_OWNED))
                .isEqualTo(second);
        assertThat(reason(csr)).isEqualTo("NodejoinDenied");
    }

    @Test
    void shouldSayThatTheKubeletDidNotAsk() {
        // given
        serving.allowSans(sans);

        // when
        CertificateResult result = awaitIssued(Duration.ofSeconds(1));

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        CertificateResult.TimedOut.class,
                        missing -> assertThat(missing.problem().code()).isEqualTo(ErrorCode.CSR_TIMEOUT));
    }

    @Test
    void shouldReplaceTheEntryOfAnEarlierNodeAndWithdrawItsOwnOnly() {
        // given
        AllowedServingSans earlier = new AllowedServingSans(
                new NodeIdentity(sans.node().ref(), node.getMetadata().getUid()),
                new Joiner().joinId,
                List.of("10.0.0.8"));
        serving.allowSans(earlier);

        // when
        serving.allowSans(sans);
        serving.allowSans(sans);
        serving.disallowSans(earlier);

        // then
        assertThat(entry())
                .isNotNull()
                .satisfies(kept -> assertThat(kept.getData())
                        .containsEntry("addresses", ADDRESS)
                        .containsEntry("joinId", joiner.joinId.value()));
    }

    @Test
    void shouldRenewForTheLifeOfTheNodeAndLeaveOthersAlone() throws InterruptedException {
        // given
        serving.allowSans(sans);
        Joiner stranger = new Joiner();
        CertificateSigningRequest foreign;
        try (KubernetesClient other = as("system:node:" + stranger.node)) {
            foreign = Joiner.askToServe(other, stranger.node, ADDRESS);
        }
        ServingCsrWatcher one = approver();
        ServingCsrWatcher other = approver();
        one.start();
        other.start();

        // when
        List<CertificateSigningRequest> renewals = List.of(ask(ADDRESS), ask(ADDRESS), ask("10.0.0.8"));

        // then
        await("decisions").atMost(SOON).until(() -> counted.size() >= renewals.size());
        one.stop();
        other.stop();
        assertThat(renewals)
                .extracting(this::reason)
                .containsExactly("NodejoinApproved", "NodejoinApproved", "NodejoinDenied");
        assertThat(reason(foreign)).isNull();
        assertThat(counted).containsExactlyInAnyOrder("approved", "approved", "denied");
        cluster.admin().resource(foreign).delete();
    }

    @Test
    void shouldDecideTenOfAKindAndLeaveTheRestOfAFlood() throws InterruptedException {
        // given
        serving.allowSans(sans);
        List<CertificateSigningRequest> flood = IntStream.range(0, 24)
                .mapToObj(i -> ask(i % 2 == 0 ? ADDRESS : "10.0.0.8"))
                .toList();
        ServingCsrWatcher approver = approver();

        // when
        approver.start();

        // then
        await("decisions").atMost(SOON).until(() -> counted.size() >= 20);
        approver.stop();
        assertThat(flood)
                .extracting(this::reason)
                .satisfies(reasons -> assertThat(Collections.frequency(reasons, "NodejoinApproved"))
                        .isEqualTo(10))
                .satisfies(reasons -> assertThat(Collections.frequency(reasons, "NodejoinDenied"))
                        .isEqualTo(10));
        flood.forEach(csr -> cluster.admin().resource(csr).delete());
    }

    @Test
    void shouldForgetTheNodeWhenItIsGone() throws InterruptedException {
        // given
        serving.allowSans(sans);
        CertificateSigningRequest late = ask(ADDRESS);
        cluster.admin().resource(node).delete();

        // when
        CertificateResult result = awaitIssued(SOON);
        ServingCsrWatcher approver = approver();
        approver.start();

        // then
        await("end of the entry").atMost(SOON).until(() -> entry() == null);
        approver.stop();
        assertThat(result)
                .isInstanceOfSatisfying(
                        CertificateResult.TimedOut.class,
                        missing -> assertThat(missing.problem().code()).isEqualTo(ErrorCode.NODE_UID_CHANGED));
        assertThat(reason(late)).isNull();
    }

    private ServingCsrWatcher approver() {
        return new ServingCsrWatcher(
                cluster.clients(),
                Set.of(LiveCluster.NAME),
                audit::add,
                counted::add,
                CsrDecisionListener.NONE,
                Duration.ofMillis(500));
    }

    private CertificateResult awaitIssued(Duration patience) {
        ServingCertificateRequest request =
                new ServingCertificateRequest(sans, Instant.now().plus(patience));
        return CompletableFuture.supplyAsync(() -> serving.awaitIssued(request), workers)
                .join();
    }

    private CertificateSigningRequest ask(String address) {
        return Joiner.askToServe(kubelet, joiner.node, address);
    }

    private KubernetesClient as(String user) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(cluster.admin().getConfiguration())
                        .withImpersonateUsername(user)
                        .withImpersonateGroups("system:nodes")
                        .build())
                .build();
    }

    private @Nullable ConfigMap entry() {
        return cluster.admin()
                .configMaps()
                .inNamespace("nodejoin-system")
                .withName("serving-" + joiner.node)
                .get();
    }

    /** The reason of the first decision, if there is one. */
    private @Nullable String reason(CertificateSigningRequest csr) {
        return cluster.admin().resource(csr).get().getStatus().getConditions().stream()
                .map(condition -> condition.getReason())
                .findFirst()
                .orElse(null);
    }
}
