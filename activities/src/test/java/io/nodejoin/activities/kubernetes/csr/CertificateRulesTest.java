package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
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

class CertificateRulesTest {
    private static final Circumstances QUIET = new Circumstances(Optional.empty(), List.of());

    static Stream<HonestCase> honestRequests() {
        return HonestCase.all();
    }

    @ParameterizedTest
    @MethodSource("honestRequests")
    void shouldApproveTheHonestRequest(HonestCase honest) {
        // when
        Verdict verdict = CertificateRules.judge(honest.request(), Requests.ORDER, QUIET);

        // then
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Approve.class,
                        approved -> assertThat(approved.held()).hasSize(Rule.values().length));
    }

    @Test
    void shouldNameTheKeyThatItApproves() {
        // when
        Verdict verdict = CertificateRules.judge(Requests.honest(), Requests.ORDER, QUIET);

        // then
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Approve.class,
                        approved -> assertThat(approved.keyDigest())
                                .isEqualTo(Sha256.hex(Requests.KEY.getPublic().getEncoded())));
    }

    @Test
    void shouldLeaveTheRequestOfAnotherUserAlone() {
        // given
        CertificateSigningRequest foreign = new CertificateSigningRequestBuilder(Requests.honest())
                .editSpec()
                .withUsername("system:bootstrap:abc124")
                .endSpec()
                .build();

        // when
        Verdict verdict = CertificateRules.judge(foreign, Requests.ORDER, QUIET);

        // then
        assertThat(verdict).isEqualTo(new Verdict.Foreign());
    }

    @Test
    void shouldAllowAMinuteBetweenTheClocksOfApiServers() {
        // when
        List<Verdict> verdicts = Stream.of(-60, 360)
                .map(seconds -> CertificateRules.judge(createdAfter(seconds), Requests.ORDER, QUIET))
                .toList();

        // then
        assertThat(verdicts).hasOnlyElementsOfType(Verdict.Approve.class);
    }

    @Test
    void shouldNotBeTroubledByADeniedRequestBefore() {
        // when
        Verdict verdict = CertificateRules.judge(
                Requests.honest(), Requests.ORDER, beside(Requests.decided(withAnotherKey(), RequestStatus.DENIED)));

        // then
        assertThat(verdict).isInstanceOf(Verdict.Approve.class);
    }

    private static CertificateSigningRequest withAnotherKey() {
        return Requests.of(Pkcs10Forge.signed(
                Pkcs10Forge.subject(Requests.GROUP, Requests.NAME), Pkcs10Forge.ec("secp256r1"), "SHA256withECDSA"));
    }

    private static Circumstances beside(CertificateSigningRequest... others) {
        return new Circumstances(Optional.empty(), List.of(others));
    }

    private static CertificateSigningRequest createdAfter(int seconds) {
        return new CertificateSigningRequestBuilder(Requests.honest())
                .editMetadata()
                .withCreationTimestamp(Requests.ISSUED.plusSeconds(seconds).toString())
                .endMetadata()
                .build();
    }

    static Stream<ASN1Encodable> subjectsThatAreNone() {
        return Stream.of(
                new DERSequence(new DERSet()),
                new DERSequence(new DERSet(Pkcs10Forge.printable(Requests.NAME))),
                new DERSequence(new DERSet(new DERSequence(Pkcs10Forge.printable(Requests.NAME)))));
    }

    @ParameterizedTest
    @MethodSource("subjectsThatAreNone")
    void shouldDenyANameWithoutAttributes(ASN1Encodable subject) {
        // given
        byte[] der = Pkcs10Forge.ofVersion(0, X500Name.getInstance(subject), Requests.KEY);
        CertificateSigningRequest request = Requests.ofText(Pkcs10Forge.pem("CERTIFICATE REQUEST", der));

        // when
        Verdict verdict = CertificateRules.judge(request, Requests.ORDER, QUIET);

        // then
        assertThat(verdict).isInstanceOf(Verdict.Deny.class);
    }
}
