package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.activities.kubernetes.csr.ClientCsrPolicy.ClusterState;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClientCsrPolicyTest {
    private static final ClusterState QUIET = new ClusterState(Optional.empty(), List.of());

    static Stream<ValidCase> honestRequests() {
        return ValidCase.all();
    }

    @ParameterizedTest
    @MethodSource("honestRequests")
    void shouldApproveTheHonestRequest(ValidCase honest) {
        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(honest.request(), TestCsrs.ORDER, QUIET);

        // then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        CsrDecision.Approve.class,
                        approved -> assertThat(approved.passed())
                                .hasSize(ClientCsrRule.values().length - 1)
                                .doesNotContain("expected-key"));
    }

    @ParameterizedTest
    @MethodSource("honestRequests")
    void shouldApproveTheHonestRequestOfAKnownKey(ValidCase honest) {
        // given
        CsrDecisionRequest order = TestCsrs.order(
                ApprovalMode.NODEJOIN, ParsedCsr.keyDigest(honest.request()).orElseThrow());

        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(honest.request(), order, QUIET);

        // then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        CsrDecision.Approve.class,
                        approved -> assertThat(approved.passed())
                                .hasSize(ClientCsrRule.values().length - 2)
                                .contains("expected-key")
                                .doesNotContain("csr-limit", "single-key"));
    }

    @Test
    void shouldNotBeTroubledByAFloodWhereTheKeyIsKnown() {
        // given
        List<CertificateSigningRequest> flood = Collections.nCopies(10_000, TestCsrs.withAnotherKey());

        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(
                TestCsrs.honest(), TestCsrs.KNOWN_KEY_ORDER, new ClusterState(Optional.empty(), flood));

        // then
        assertThat(decision).isInstanceOf(CsrDecision.Approve.class);
    }

    @Test
    void shouldNameTheForeignKey() {
        // given
        CertificateSigningRequest foreign = TestCsrs.withAnotherKey();

        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(foreign, TestCsrs.KNOWN_KEY_ORDER, QUIET);

        // then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        CsrDecision.Deny.class,
                        denied -> assertThat(denied.problem().detail())
                                .contains(ParsedCsr.keyDigest(foreign).orElseThrow()));
    }

    @Test
    void shouldNameTheKeyThatItApproves() {
        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(TestCsrs.honest(), TestCsrs.ORDER, QUIET);

        // then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        CsrDecision.Approve.class,
                        approved -> assertThat(approved.keyDigest())
                                .isEqualTo(Sha256.hex(TestCsrs.KEY.getPublic().getEncoded())));
    }

    @Test
    void shouldLeaveTheRequestOfAnotherUserAlone() {
        // given
        CertificateSigningRequest foreign = new CertificateSigningRequestBuilder(TestCsrs.honest())
                .editSpec()
                .withUsername("system:bootstrap:abc124")
                .endSpec()
                .build();

        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(foreign, TestCsrs.ORDER, QUIET);

        // then
        assertThat(decision).isEqualTo(new CsrDecision.NotManaged());
    }

    @Test
    void shouldAllowAMinuteBetweenTheClocksOfApiServers() {
        // when
        List<CsrDecision> verdicts = Stream.of(-60, 360)
                .map(seconds -> ClientCsrPolicy.evaluate(createdAfter(seconds), TestCsrs.ORDER, QUIET))
                .toList();

        // then
        assertThat(verdicts).hasOnlyElementsOfType(CsrDecision.Approve.class);
    }

    @Test
    void shouldNotBeTroubledByADeniedRequestBefore() {
        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(
                TestCsrs.honest(),
                TestCsrs.ORDER,
                beside(TestCsrs.decided(TestCsrs.withAnotherKey(), CsrStatus.DENIED)));

        // then
        assertThat(decision).isInstanceOf(CsrDecision.Approve.class);
    }

    private static ClusterState beside(CertificateSigningRequest... others) {
        return new ClusterState(Optional.empty(), List.of(others));
    }

    private static CertificateSigningRequest createdAfter(int seconds) {
        return new CertificateSigningRequestBuilder(TestCsrs.honest())
                .editMetadata()
                .withCreationTimestamp(TestCsrs.ISSUED.plusSeconds(seconds).toString())
                .endMetadata()
                .build();
    }

    static Stream<ASN1Encodable> subjectsThatAreNone() {
        return Stream.of(
                new DERSequence(new DERSet()),
                new DERSequence(new DERSet(Pkcs10Forge.printable(TestCsrs.NAME))),
                new DERSequence(new DERSet(new DERSequence(Pkcs10Forge.printable(TestCsrs.NAME)))));
    }

    @ParameterizedTest
    @MethodSource("subjectsThatAreNone")
    void shouldDenyANameWithoutAttributes(ASN1Encodable subject) {
        // given
        byte[] der = Pkcs10Forge.ofVersion(0, X500Name.getInstance(subject), TestCsrs.KEY);
        CertificateSigningRequest csr = TestCsrs.ofText(Pkcs10Forge.pem("CERTIFICATE REQUEST", der));

        // when
        CsrDecision decision = ClientCsrPolicy.evaluate(csr, TestCsrs.ORDER, QUIET);

        // then
        assertThat(decision).isInstanceOf(CsrDecision.Deny.class);
    }
}
