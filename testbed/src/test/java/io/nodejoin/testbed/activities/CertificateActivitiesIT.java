package io.nodejoin.testbed.activities;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.certificate.ApprovalMode;
import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.token.TokenActivities;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class CertificateActivitiesIT {
    private final LiveCluster cluster;
    private final KubernetesCertificateActivities adapter;
    private final ActivityHarness harness;
    private final CertificateActivities certificates;
    private final Joiner joiner = new Joiner();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final TokenId tokenId;
    private final KubernetesClient host;

    CertificateActivitiesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.adapter = new KubernetesCertificateActivities(cluster.clients(), _ -> {});
        this.harness = new ActivityHarness(
                adapter,
                new KubernetesTokenActivities(cluster.clients(), _ -> {}, new SecureRandom(), (_, _) -> {}, _ -> 500));
        this.certificates = harness.stub(CertificateActivities.class);
        TokenActivities tokens = harness.stub(TokenActivities.class);
        this.tokenId = tokens.reserve(joiner.reservation());
        this.host = cluster.bearing(joiner.open(tokens.issue(joiner.request(tokenId, "text"))));
    }

    @AfterEach
    void close() {
        workers.close();
        host.close();
        harness.stub(TokenActivities.class).revoke(joiner.token(tokenId));
        harness.close();
        adapter.close();
    }

    @Test
    void shouldApproveTheHonestRequestAndWaitForItsCertificate() {
        // given
        CompletableFuture<CertificateDecision> decision = deciding(Duration.ofSeconds(30));

        // when
        CertificateSigningRequest request = Joiner.askForCertificate(host, joiner.node);

        // then
        assertThat(decision.join())
                .isInstanceOfSatisfying(
                        CertificateDecision.Issued.class,
                        issued -> assertThat(issued.request())
                                .isEqualTo(request.getMetadata().getName()));
        assertThat(condition(request)).isEqualTo("NodejoinApproved");
    }

    @Test
    void shouldFindTheEarlierDecisionWhenItRunsAgain() {
        // given
        Joiner.askForCertificate(host, joiner.node);
        CertificateDecision first = deciding(Duration.ofSeconds(30)).join();

        // when
        CertificateDecision second = deciding(Duration.ofSeconds(30)).join();

        // then
        assertThat(second).isEqualTo(first).isInstanceOf(CertificateDecision.Issued.class);
    }

    @Test
    void shouldDenyTheTokenThatAsksForAnotherNode() {
        // given
        CertificateSigningRequest request = Joiner.askForCertificate(host, new NodeName("victim"));

        // when
        CertificateDecision first = deciding(Duration.ofSeconds(30)).join();
        CertificateDecision second = deciding(Duration.ofSeconds(30)).join();

        // then
        assertThat(first)
                .isInstanceOfSatisfying(
                        CertificateDecision.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH))
                .isEqualTo(second);
        assertThat(condition(request)).isEqualTo("NodejoinDenied");
    }

    @Test
    void shouldSayThatSomeoneElseDenied() {
        // given
        CertificateSigningRequest request = Joiner.askForCertificate(host, joiner.node);
        cluster.admin()
                .certificates()
                .v1()
                .certificateSigningRequests()
                .withName(request.getMetadata().getName())
                .deny(new CertificateSigningRequestConditionBuilder()
                        .withType("Denied")
                        .withStatus("True")
                        .withReason("NotToday")
                        .build());

        // when
        CertificateDecision decision = deciding(Duration.ofSeconds(30)).join();

        // then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        CertificateDecision.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.CSR_DENIED_EXTERNALLY));
    }

    @Test
    void shouldDenyBothOfTwoKeysUnderOneToken() {
        // given
        CertificateSigningRequest one = Joiner.askForCertificate(host, joiner.node);
        CertificateSigningRequest other = Joiner.askForCertificate(host, joiner.node);

        // when
        CertificateDecision decision = deciding(Duration.ofSeconds(30)).join();

        // then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        CertificateDecision.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH));
        assertThat(List.of(condition(one), condition(other))).containsOnly("NodejoinDenied");
    }

    @Test
    void shouldTellWhichCertificatesWereIssuedUnderTheTokenAndWhetherAnotherKeyAsked() {
        // given
        Joiner.askForCertificate(host, joiner.node);
        CertificateDecision decision = deciding(Duration.ofSeconds(30)).join();

        // when
        IssuedCertificates alone = certificates.issued(joiner.token(tokenId));
        Joiner.askForCertificate(host, joiner.node);
        IssuedCertificates beside = certificates.issued(joiner.token(tokenId));

        // then
        assertThat(alone.issued()).isEqualTo(List.of(decision));
        assertThat(alone.otherKey()).isFalse();
        assertThat(beside).isEqualTo(new IssuedCertificates(alone.issued(), true));
    }

    @Test
    void shouldLeaveTheRequestOfSomeoneElseAloneAndMissItsOwn() {
        // given
        CertificateSigningRequest foreign = Joiner.askForCertificate(cluster.admin(), joiner.node);

        // when
        CertificateDecision decision = deciding(Duration.ofSeconds(2)).join();

        // then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        CertificateDecision.Missing.class,
                        missing -> assertThat(missing.problem().code()).isEqualTo(ErrorCode.CSR_TIMEOUT));
        assertThat(condition(foreign)).doesNotStartWith("Nodejoin");
        cluster.admin().resource(foreign).delete();
    }

    @Test
    void shouldDenyWhatIsUndecidedOnceAndLeaveTheRest() {
        // given
        CertificateSigningRequest own = Joiner.askForCertificate(host, joiner.node);
        CertificateSigningRequest foreign = Joiner.askForCertificate(cluster.admin(), joiner.node);

        // when
        List<String> first = certificates.denyUndecided(joiner.token(tokenId)).names();
        List<String> second = certificates.denyUndecided(joiner.token(tokenId)).names();

        // then
        assertThat(first).containsExactly(own.getMetadata().getName());
        assertThat(second).isEmpty();
        assertThat(condition(foreign)).doesNotStartWith("Nodejoin");
        cluster.admin().resource(foreign).delete();
    }

    private CompletableFuture<CertificateDecision> deciding(Duration patience) {
        Instant now = Instant.now();
        CertificateOrder order = new CertificateOrder(
                joiner.token(tokenId), joiner.node, ApprovalMode.NODEJOIN, now, now.plus(patience), now.plus(patience));
        return CompletableFuture.supplyAsync(() -> certificates.decide(order), workers);
    }

    private String condition(CertificateSigningRequest request) {
        return cluster.admin().resource(request).get().getStatus().getConditions().stream()
                .map(condition -> condition.getReason())
                .findFirst()
                .orElse("none");
    }
}
