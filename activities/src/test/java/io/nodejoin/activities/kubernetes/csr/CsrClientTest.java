package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsrClientTest {

    @Test
    void shouldOrderRequestsOfOneSecondByTheirCreationWhateverTheirNames() {
        // given
        CertificateSigningRequest first = created("z-host", "999");
        CertificateSigningRequest second = created("a-copy", "1000");
        CertificateSigningRequest third = created("b-copy", "1001");

        // when
        List<CertificateSigningRequest> sorted = CsrClient.oldestFirst(List.of(third, second, first));

        // then
        assertThat(sorted).containsExactly(first, second, third);
    }

    private static CertificateSigningRequest created(String name, String resourceVersion) {
        return new CertificateSigningRequestBuilder(TestCsrs.named(name, TestCsrs.honest()))
                .editMetadata()
                .withResourceVersion(resourceVersion)
                .endMetadata()
                .build();
    }
}
