package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.csr.CsrEvents;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.token.TokenActivities;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class CertificateActivitiesIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final LiveCluster cluster;
    private final EventRecorder recorder;
    private final KubernetesCertificateActivities adapter;
    private final ActivityHarness harness;
    private final CsrActivities certificates;
    private final Joiner joiner = new Joiner();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final KubernetesClient host;

    CertificateActivitiesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.recorder = new EventRecorder(cluster.clients(), "gateway-1");
        this.adapter = new KubernetesCertificateActivities(
                cluster.clients(), _ -> {}, _ -> {}, new CsrEvents(recorder, Instant::now));
        this.harness = new ActivityHarness(adapter, NoTokenArtifacts.activities(cluster.clients()));
        this.certificates = harness.stub(CsrActivities.class);
        TokenActivities tokens = harness.stub(TokenActivities.class);
        this.host = cluster.bearing(joiner.open(joiner.issue(tokens, "text")));
    }

    @AfterEach
    void close() {
        workers.close();
        host.close();
        harness.stub(TokenActivities.class).revoke(joiner.token);
        harness.close();
        adapter.close();
        recorder.close();
    }

    @Test
    void shouldApproveTheHonestRequestAndWaitForItsCertificate() {
        // given
        CompletableFuture<CertificateResult> decision = deciding(Duration.ofSeconds(30));

        // when
        CertificateSigningRequest csr = Joiner.askForCertificate(host, joiner.node);

        // then
        assertThat(decision.join())
                .isInstanceOfSatisfying(
                        CertificateResult.Issued.class,
                        issued -> assertThat(issued.csrName())
                                .isEqualTo(csr.getMetadata().getName()));
        assertThat(condition(csr)).isEqualTo("NodejoinApproved");
        assertThat(awaitDescription(csr))
                .containsPattern(
                        "Normal +CertificateApproved .* nodejoin.io/nodejoin +Join .*; for system:node:" + joiner.node);
    }

    /** Returns what {@code kubectl describe csr} tells, once it tells of Nodejoin. */
    private String awaitDescription(CertificateSigningRequest csr) {
        return await("an Event on " + csr.getMetadata().getName())
                .atMost(SOON)
                .until(
                        () -> cluster.kubectl(
                                "describe", "csr", csr.getMetadata().getName()),
                        text -> text.contains("nodejoin.io/nodejoin"));
    }

    @Test
    void shouldFindTheEarlierDecisionWhenItRunsAgain() {
        // given
        Joiner.askForCertificate(host, joiner.node);
        CertificateResult first = deciding(Duration.ofSeconds(30)).join();

        // when
        CertificateResult second = deciding(Duration.ofSeconds(30)).join();

        // then
        assertThat(second).isEqualTo(first).isInstanceOf(CertificateResult.Issued.class);
    }

    @Test
    void shouldDenyTheTokenThatAsksForAnotherNode() {
        // given
        CertificateSigningRequest csr = Joiner.askForCertificate(host, new NodeName("victim"));

        // when
        CertificateResult first = deciding(Duration.ofSeconds(30)).join();
        CertificateResult second = deciding(Duration.ofSeconds(30)).join();

        // then
        assertThat(first)
                .isInstanceOfSatisfying(
                        CertificateResult.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH))
                .isEqualTo(second);
        assertThat(condition(csr)).isEqualTo("NodejoinDenied");
        assertThat(awaitDescription(csr))
                .containsPattern("Warning +CertificateDenied .* NODE_IDENTITY_MISMATCH: .*; remedy: ");
    }

    @Test
    void shouldSayThatSomeoneElseDenied() {
        // given
        CertificateSigningRequest csr = Joiner.askForCertificate(host, joiner.node);
        cluster.admin()
                .certificates()
                .v1()
                .certificateSigningRequests()
                .withName(csr.getMetadata().getName())
                .deny(new CertificateSigningRequestConditionBuilder()
                        .withType("Denied")
                        .withStatus("True")
                        .withReason("NotToday")
                        .build());

        // when
        CertificateResult result = deciding(Duration.ofSeconds(30)).join();

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        CertificateResult.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.CSR_DENIED_EXTERNALLY));
    }

    @Test
    void shouldDenyBothOfTwoKeysUnderOneToken() {
        // given
        CertificateSigningRequest one = Joiner.askForCertificate(host, joiner.node);
        CertificateSigningRequest other = Joiner.askForCertificate(host, joiner.node);

        // when
        CertificateResult result = deciding(Duration.ofSeconds(30)).join();

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        CertificateResult.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH));
        assertThat(List.of(condition(one), condition(other))).containsOnly("NodejoinDenied");
    }

    @Test
    void shouldApproveTheKnownKeyInTheSameCallThatDeniedAThiefBefore() {
        // given
        KeyPair kubelet = Joiner.keyPair();
        CsrDecisionRequest request = order(Joiner.digest(kubelet), Duration.ofSeconds(30));
        CompletableFuture<CertificateResult> decision =
                CompletableFuture.supplyAsync(() -> certificates.decide(request), workers);
        CertificateSigningRequest thief = Joiner.askForCertificate(host, joiner.node);
        await().atMost(SOON).until(() -> condition(thief).equals("NodejoinDenied"));
        assertThat(decision).isNotDone();

        // when
        CertificateSigningRequest csr = Joiner.askForCertificate(host, joiner.node, kubelet);

        // then
        assertThat(decision.join())
                .isInstanceOfSatisfying(
                        CertificateResult.Issued.class,
                        issued -> assertThat(issued.csrName())
                                .isEqualTo(csr.getMetadata().getName()));
        assertThat(condition(csr)).isEqualTo("NodejoinApproved");
    }

    @Test
    void shouldApproveTheKnownKeyThoughAThiefHasAskedOftenAndDenyTheRestAtTheEnd() {
        // given
        KeyPair kubelet = Joiner.keyPair();
        CsrDecisionRequest request = order(Joiner.digest(kubelet), Duration.ofSeconds(30));
        List<CertificateSigningRequest> thieves = Stream.generate(() -> Joiner.askForCertificate(host, joiner.node))
                .limit(50)
                .toList();
        Joiner.askForCertificate(host, joiner.node, kubelet);

        // when
        CertificateResult decided = certificates.decide(request);
        CertificateResult atTheEnd = certificates.denyOthers(request);

        // then
        assertThat(decided).isInstanceOf(CertificateResult.Issued.class).isEqualTo(atTheEnd);
        assertThat(thieves).extracting(this::condition).containsOnly("NodejoinDenied");
    }

    @Test
    void shouldReportASecondKeyWithinTwoSecondsIfTheHostsWasNotKnown() throws Exception {
        // given
        Joiner.askForCertificate(host, joiner.node);
        CsrDecisionRequest request = order(null, Duration.ofSeconds(30));
        assertThat(certificates.decide(request)).isInstanceOf(CertificateResult.Issued.class);
        CompletableFuture<CertificateResult> watch =
                CompletableFuture.supplyAsync(() -> certificates.denyOthers(request), workers);

        // when
        CertificateSigningRequest second = Joiner.askForCertificate(host, joiner.node);

        // then
        assertThat(watch.get(2, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        CertificateResult.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH));
        assertThat(condition(second)).isEqualTo("NodejoinDenied");
    }

    @Test
    void shouldApproveOnlyTheRequestedLifetimeAndSaySo() {
        // given
        KeyPair kubelet = Joiner.keyPair();
        CsrDecisionRequest request = order(Joiner.digest(kubelet), 600, Duration.ofSeconds(30));
        CertificateSigningRequest longer = Joiner.askForCertificate(host, joiner.node, kubelet);
        CertificateSigningRequest right = Joiner.askForCertificate(host, joiner.node, kubelet, 600);

        // when
        CertificateResult result = certificates.decide(request);

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        CertificateResult.Issued.class,
                        issued -> assertThat(issued.notAfter())
                                .isBetween(
                                        issued.approvedAt().plusSeconds(590),
                                        issued.approvedAt().plusSeconds(660)));
        await().atMost(SOON).until(() -> condition(longer).equals("NodejoinDenied"));
        assertThat(cluster.admin().resource(right).get().getStatus().getConditions())
                .first()
                .satisfies(approval -> assertThat(approval.getMessage()).contains("the requested lifetime of 600 s"));
    }

    @Test
    void shouldTakeBackTheKeyOfAThiefThatSomeoneElseApproved() {
        // given
        CsrDecisionRequest request = order(Joiner.digest(Joiner.keyPair()), Duration.ofSeconds(30));
        CertificateSigningRequest thief = Joiner.askForCertificate(host, joiner.node);
        cluster.admin()
                .certificates()
                .v1()
                .certificateSigningRequests()
                .withName(thief.getMetadata().getName())
                .approve(new CertificateSigningRequestConditionBuilder()
                        .withType("Approved")
                        .withStatus("True")
                        .withReason("ByHand")
                        .build());

        // when
        CertificateResult result = certificates.decide(request);

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        CertificateResult.Denied.class,
                        denied -> assertThat(denied.problem().code()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH));
    }

    @Test
    void shouldTellWhichCertificatesWereIssuedUnderTheTokenAndWhetherAnotherKeyAsked() {
        // given
        Joiner.askForCertificate(host, joiner.node);
        CertificateResult result = deciding(Duration.ofSeconds(30)).join();

        // when
        IssuedCertificates alone = certificates.listIssued(joiner.token);
        Joiner.askForCertificate(host, joiner.node);
        IssuedCertificates beside = certificates.listIssued(joiner.token);

        // then
        assertThat(alone.issued()).isEqualTo(List.of(result));
        assertThat(alone.otherKeyRequested()).isFalse();
        assertThat(beside).isEqualTo(new IssuedCertificates(alone.issued(), true));
    }

    @Test
    void shouldLeaveTheRequestOfSomeoneElseAloneAndMissItsOwn() {
        // given
        CertificateSigningRequest foreign = Joiner.askForCertificate(cluster.admin(), joiner.node);

        // when
        CertificateResult result = deciding(Duration.ofSeconds(2)).join();

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        CertificateResult.TimedOut.class,
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
        List<String> first = certificates.denyPending(joiner.token).names();
        List<String> second = certificates.denyPending(joiner.token).names();

        // then
        assertThat(first).containsExactly(own.getMetadata().getName());
        assertThat(second).isEmpty();
        assertThat(condition(foreign)).doesNotStartWith("Nodejoin");
        cluster.admin().resource(foreign).delete();
    }

    private CompletableFuture<CertificateResult> deciding(Duration patience) {
        CsrDecisionRequest request = order(null, patience);
        return CompletableFuture.supplyAsync(() -> certificates.decide(request), workers);
    }

    private CsrDecisionRequest order(@Nullable String keyDigest, Duration patience) {
        return order(keyDigest, null, patience);
    }

    private CsrDecisionRequest order(
            @Nullable String keyDigest, @Nullable Integer expirationSeconds, Duration patience) {
        Instant now = Instant.now();
        return new CsrDecisionRequest(
                joiner.token,
                joiner.node,
                ApprovalMode.NODEJOIN,
                keyDigest,
                null,
                now,
                now.plus(patience),
                now.plus(patience),
                expirationSeconds);
    }

    private String condition(CertificateSigningRequest csr) {
        return cluster.admin().resource(csr).get().getStatus().getConditions().stream()
                .map(condition -> condition.getReason())
                .findFirst()
                .orElse("none");
    }
}
