package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.activities.kubernetes.csr.ClientCsrPolicy.ClusterState;
import io.nodejoin.protocol.Sha256;
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
                        approved -> assertThat(approved.passed()).hasSize(ClientCsrRule.values().length));
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
                TestCsrs.honest(), TestCsrs.ORDER, beside(TestCsrs.decided(withAnotherKey(), CsrStatus.DENIED)));

        // then
        assertThat(decision).isInstanceOf(CsrDecision.Approve.class);
    }

    private static CertificateSigningRequest withAnotherKey() {
        return TestCsrs.of(Pkcs10Forge.signed(
                Pkcs10Forge.subject(TestCsrs.GROUP, TestCsrs.NAME), Pkcs10Forge.ec("secp256r1"), "SHA256withECDSA"));
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
