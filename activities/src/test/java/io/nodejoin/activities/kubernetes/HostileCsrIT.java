package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.csr.HostileCase;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.csr.ValidCase;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenActivities;
import io.nodejoin.workflows.token.TokenRef;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A thief with the host's real token, against the real API server; and hosts, which must not suffer by it. */
@Tag("full")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
@TestInstance(Lifecycle.PER_CLASS)
class HostileCsrIT {
    /** The corpus asks for this node. */
    private static final NodeName NODE = new NodeName("worker-1");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LiveCluster cluster;
    private final KubernetesCertificateActivities adapter;
    private final ActivityHarness harness;
    private final CsrActivities certificates;
    private final TokenActivities tokens;

    /** What became of a request. */
    private sealed interface Fate {
        /** The API server did not even take it. */
        record Refused() implements Fate {}

        /** Nodejoin decided it. */
        record Decided(CertificateResult decision) implements Fate {}
    }

    HostileCsrIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.adapter = new KubernetesCertificateActivities(cluster.clients(), _ -> {}, _ -> {});
        this.harness = new ActivityHarness(adapter, NoTokenArtifacts.activities(cluster.clients()));
        this.certificates = harness.stub(CsrActivities.class);
        this.tokens = harness.stub(TokenActivities.class);
    }

    @AfterAll
    void close() {
        harness.close();
        adapter.close();
    }

    @Test
    void shouldApproveNothingThatAThiefAsksForWithTheTokenOfTheHost() {
        // given
        List<HostileCase> corpus =
                HostileCase.all().filter(HostileCsrIT::canBeSent).toList();
        List<String> decided = new ArrayList<>();

        // when
        for (HostileCase hostile : corpus) {
            switch (send(hostile.request())) {
                case Fate.Refused _ -> {}
                case Fate.Decided fate -> {
                    assertThat(codeOf(fate.decision())).as(hostile.name()).contains(hostile.code());
                    decided.add(hostile.name());
                }
            }
        }

        // then
        assertThat(corpus).hasSizeGreaterThanOrEqualTo(120);
        assertThat(decided).hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void shouldApproveTheKnownKeyAmongAllThatAThiefAsksFor() {
        // given
        KeyPair kubelet = Joiner.keyPair();
        Joiner joiner = new Joiner();
        SealedToken sealed = joiner.issue(tokens, "text", Joiner.digest(kubelet));
        CsrDecisionRequest request = order(joiner.token, sealed, Joiner.digest(kubelet));
        try (KubernetesClient bearer = cluster.bearing(joiner.open(sealed))) {
            List<CertificateSigningRequest> thefts = HostileCase.all()
                    .filter(HostileCsrIT::canBeSent)
                    .flatMap(hostile -> create(bearer, hostile.request()).stream())
                    .toList();
            CertificateSigningRequest honest = Joiner.askForCertificate(bearer, NODE, kubelet);

            // when
            CertificateResult decided = certificates.decide(request);
            CertificateResult atTheEnd = certificates.denyOthers(request);

            // then
            assertThat(thefts).hasSizeGreaterThanOrEqualTo(40);
            assertThat(decided)
                    .isEqualTo(atTheEnd)
                    .isInstanceOfSatisfying(
                            CertificateResult.Issued.class,
                            issued -> assertThat(issued.csrName())
                                    .isEqualTo(honest.getMetadata().getName()));
            assertThat(thefts)
                    .allSatisfy(theft -> assertThat(cluster.admin()
                                    .resource(theft)
                                    .get()
                                    .getStatus()
                                    .getConditions())
                            .extracting(CertificateSigningRequestCondition::getReason)
                            .containsExactly("NodejoinDenied"));
        } finally {
            tokens.revoke(joiner.token);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "kubernetes.io/kube-apiserver-client, client auth",
        "kubernetes.io/kubelet-serving, server auth",
        "example.com/signer, client auth"
    })
    void shouldLetATokenAskNoOtherSigner(String signer, String usage) {
        // given
        Joiner joiner = new Joiner();
        SealedToken sealed = joiner.issue(tokens, "text");
        try (KubernetesClient bearer = cluster.bearing(joiner.open(sealed))) {

            // when
            KubernetesClientException refusal = catchThrowableOfType(
                    KubernetesClientException.class, () -> Joiner.askSigner(bearer, signer, usage, NODE));

            // then
            assertThat(refusal).isNotNull();
            assertThat(refusal.getCode()).as(refusal.getMessage()).isEqualTo(403);
            assertThat(refusal).hasMessageContaining("ValidatingAdmissionPolicy 'nodejoin-bootstrap-requests'");
        } finally {
            tokens.revoke(joiner.token);
        }
    }

    @Test
    void shouldApproveEachHonestRequest() {
        // given
        List<ValidCase> corpus = ValidCase.all().toList();

        // when
        List<Fate> fates = corpus.stream().map(honest -> send(honest.request())).toList();

        // then
        assertThat(fates)
                .allSatisfy(fate -> assertThat(fate)
                        .isInstanceOfSatisfying(
                                Fate.Decided.class,
                                decided ->
                                        assertThat(decided.decision()).isInstanceOf(CertificateResult.Issued.class)));
    }

    /** The API server writes the groups itself, and takes requests to other signers that Nodejoin may not decide. */
    private static boolean canBeSent(HostileCase hostile) {
        return !hostile.rule().equals("groups") && !hostile.rule().equals("signer");
    }

    private Fate send(CertificateSigningRequest wanted) {
        Joiner joiner = new Joiner();
        SealedToken sealed = joiner.issue(tokens, "text");
        try (KubernetesClient bearer = cluster.bearing(joiner.open(sealed))) {
            return create(bearer, wanted).isEmpty()
                    ? new Fate.Refused()
                    : new Fate.Decided(certificates.decide(order(joiner.token, sealed, null)));
        } finally {
            tokens.revoke(joiner.token);
        }
    }

    private static CsrDecisionRequest order(TokenRef token, SealedToken sealed, @Nullable String keyDigest) {
        return new CsrDecisionRequest(
                token,
                NODE,
                ApprovalMode.NODEJOIN,
                keyDigest,
                null,
                sealed.createdAt(),
                sealed.createdAt().plus(PATIENCE),
                Instant.now().plus(PATIENCE),
                null);
    }

    /** Empty if the API server finds it malformed, or too large by the admission policy. */
    private static Optional<CertificateSigningRequest> create(
            KubernetesClient bearer, CertificateSigningRequest wanted) {
        try {
            return Optional.of(bearer.resource(asSent(wanted)).create());
        } catch (KubernetesClientException e) {
            assertThat(e.getCode()).as(e.getMessage()).isBetween(400, 422).isNotEqualTo(401);
            assertThat(e.getCode() == 403 && !String.valueOf(e.getMessage()).contains("at most 8 KB"))
                    .as(e.getMessage())
                    .isFalse();
            return Optional.empty();
        }
    }

    private static CertificateSigningRequest asSent(CertificateSigningRequest wanted) {
        return new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withGenerateName("csr-")
                .endMetadata()
                .withNewSpec()
                .withSignerName(wanted.getSpec().getSignerName())
                .withUsages(wanted.getSpec().getUsages())
                .withExpirationSeconds(wanted.getSpec().getExpirationSeconds())
                .withRequest(wanted.getSpec().getRequest())
                .endSpec()
                .build();
    }

    private static Optional<ErrorCode> codeOf(CertificateResult result) {
        return switch (result) {
            case CertificateResult.Denied denied -> Optional.of(denied.problem().code());
            case CertificateResult.TimedOut missing ->
                Optional.of(missing.problem().code());
            case CertificateResult.Issued _ -> Optional.empty();
        };
    }
}
