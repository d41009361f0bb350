package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.certificate.CertificateDecision;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IssuedCertificateTest {
    private static final String KEY =
            RequestedCertificate.keyDigest(Requests.honest()).orElseThrow();

    @Test
    void shouldWaitForTheSigner() {
        // given
        CertificateSigningRequest approved = with(RequestStatus.APPROVED);

        // when
        Optional<CertificateDecision> decision = IssuedCertificate.of(approved, KEY);

        // then
        assertThat(decision).isEmpty();
    }

    @Test
    void shouldReportTheSignerThatRefuses() {
        // given
        CertificateSigningRequest failed = with(RequestStatus.FAILED);

        // when
        Optional<CertificateDecision> decision = IssuedCertificate.of(failed, KEY);

        // then
        assertThat(decision).get().isInstanceOfSatisfying(CertificateDecision.Missing.class, missing -> {
            assertThat(missing.problem().code()).isEqualTo(ErrorCode.CERT_NOT_ISSUED);
            assertThat(missing.problem().detail()).contains("csr-x", "SignerSays");
        });
    }

    private static CertificateSigningRequest with(String condition) {
        return new CertificateSigningRequestBuilder(Requests.honest())
                .withNewStatus()
                .addNewCondition()
                .withType(condition)
                .withStatus("True")
                .withReason("SignerSays")
                .endCondition()
                .endStatus()
                .build();
    }
}
