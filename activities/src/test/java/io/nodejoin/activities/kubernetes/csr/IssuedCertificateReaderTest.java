package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.csr.CertificateResult;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IssuedCertificateReaderTest {
    private static final String KEY = ParsedCsr.keyDigest(TestCsrs.honest()).orElseThrow();

    @Test
    void shouldWaitForTheSigner() {
        // given
        CertificateSigningRequest approved = with(CsrStatus.APPROVED);

        // when
        Optional<CertificateResult> decision = IssuedCertificateReader.readResult(approved, KEY);

        // then
        assertThat(decision).isEmpty();
    }

    @Test
    void shouldReportTheSignerThatRefuses() {
        // given
        CertificateSigningRequest failed = with(CsrStatus.FAILED);

        // when
        Optional<CertificateResult> decision = IssuedCertificateReader.readResult(failed, KEY);

        // then
        assertThat(decision).get().isInstanceOfSatisfying(CertificateResult.TimedOut.class, missing -> {
            assertThat(missing.problem().code()).isEqualTo(ErrorCode.CERTIFICATE_NOT_ISSUED);
            assertThat(missing.problem().detail()).contains("csr-x", "SignerSays");
        });
    }

    private static CertificateSigningRequest with(String condition) {
        return new CertificateSigningRequestBuilder(TestCsrs.honest())
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
