package io.nodejoin.activities.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Sha256;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CertificateRulesTest {
    private static final Circumstances QUIET = new Circumstances(Optional.empty(), List.of());

    static Stream<HostileRequests.Case> hostileRequests() {
        return HostileRequests.all();
    }

    @ParameterizedTest
    @MethodSource("hostileRequests")
    void shouldDenyByTheRuleThatIsBroken(HostileRequests.Case hostile) {
        // when
        Verdict verdict = CertificateRules.judge(hostile.request(), Requests.ORDER, QUIET);

        // then
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Deny.class, denied -> {
            assertThat(denied.problem().code()).isEqualTo(hostile.code());
            assertThat(denied.rule()).isEqualTo(hostile.rule());
        });
    }

    @Test
    void shouldHoldAtLeastEightyHostileCasesWithNamesOfTheirOwn() {
        // when
        List<String> names =
                HostileRequests.all().map(HostileRequests.Case::name).toList();

        // then
        assertThat(names).hasSizeGreaterThanOrEqualTo(80).doesNotHaveDuplicates();
    }

    static Stream<CertificateSigningRequest> honestRequests() {
        X500Name subject = Pkcs10Forge.subject(Requests.GROUP, Requests.NAME);
        CertificateSigningRequest rsa =
                Requests.of(Pkcs10Forge.signed(subject, Pkcs10Forge.other("RSA", 2048), "SHA256withRSA"));
        return Stream.of(
                Requests.honest(),
                Requests.of(Pkcs10Forge.signed(subject, Pkcs10Forge.ec("secp384r1"), "SHA384withECDSA")),
                Requests.of(Pkcs10Forge.signed(subject, Pkcs10Forge.other("Ed25519", 0), "Ed25519")),
                rsa,
                new CertificateSigningRequestBuilder(rsa)
                        .editSpec()
                        .addToUsages("key encipherment")
                        .endSpec()
                        .build(),
                new CertificateSigningRequestBuilder(Requests.honest())
                        .editSpec()
                        .withExpirationSeconds(3600)
                        .endSpec()
                        .build());
    }

    @ParameterizedTest
    @MethodSource("honestRequests")
    void shouldApproveTheHonestRequest(CertificateSigningRequest request) {
        // when
        Verdict verdict = CertificateRules.judge(request, Requests.ORDER, QUIET);

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
    void shouldDenyWhileTheNameIsInUse() {
        // when
        Verdict verdict = CertificateRules.judge(
                Requests.honest(), Requests.ORDER, new Circumstances(Optional.of("a Node"), List.of()));

        // then
        assertThat(codeOf(verdict)).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
    }

    @Test
    void shouldDenyARequestFromBeforeTheIssue() {
        // when
        Verdict verdict = CertificateRules.judge(createdAfter(-61), Requests.ORDER, QUIET);

        // then
        assertThat(codeOf(verdict)).isEqualTo(ErrorCode.CSR_TIMEOUT);
    }

    @Test
    void shouldDenyARequestFromAfterTheDeadline() {
        // when
        Verdict verdict = CertificateRules.judge(createdAfter(301), Requests.ORDER, QUIET);

        // then
        assertThat(codeOf(verdict)).isEqualTo(ErrorCode.CSR_TIMEOUT);
    }

    @Test
    void shouldAllowOneMinuteOfSkewBeforeTheIssue() {
        // when
        Verdict verdict = CertificateRules.judge(createdAfter(-60), Requests.ORDER, QUIET);

        // then
        assertThat(verdict).isInstanceOf(Verdict.Approve.class);
    }

    @Test
    void shouldDenyASecondKeyOfTheSameToken() {
        // when
        Verdict verdict = CertificateRules.judge(Requests.honest(), Requests.ORDER, beside(withAnotherKey()));

        // then
        assertThat(codeOf(verdict)).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
    }

    @Test
    void shouldDenyASecondRequestOnceOneIsApproved() {
        // when
        Verdict verdict = CertificateRules.judge(
                Requests.honest(), Requests.ORDER, beside(Requests.decided(Requests.honest(), RequestStatus.APPROVED)));

        // then
        assertThat(codeOf(verdict)).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
    }

    @Test
    void shouldNotBeTroubledByADeniedRequestBefore() {
        // when
        Verdict verdict = CertificateRules.judge(
                Requests.honest(), Requests.ORDER, beside(Requests.decided(withAnotherKey(), RequestStatus.DENIED)));

        // then
        assertThat(verdict).isInstanceOf(Verdict.Approve.class);
    }

    @Test
    void shouldDenyTheFourthRequestOfOneToken() {
        // when
        Verdict verdict = CertificateRules.judge(
                Requests.honest(), Requests.ORDER, beside(Requests.honest(), Requests.honest(), Requests.honest()));

        // then
        assertThat(codeOf(verdict)).isEqualTo(ErrorCode.CSR_FLOOD);
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

    private static ErrorCode codeOf(Verdict verdict) {
        return ((Verdict.Deny) verdict).problem().code();
    }
}
