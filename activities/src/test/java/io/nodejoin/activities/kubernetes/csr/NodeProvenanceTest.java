package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeProvenanceTest {
    private static final NodeName NODE = new NodeName("worker-1");
    private static final JoinId JOIN = JoinId.of("s", "i");
    private static final JoinId OTHER = JoinId.of("s", "other");
    private static final Instant CREATED = TestCsrs.ISSUED.plusSeconds(60);
    private static final Set<String> USER = Set.of("system:bootstrap:abc123");

    @Test
    void shouldRecogniseTheJoinByTheUserOfItsToken() {
        assertThat(NodeProvenance.isFromJoin(List.of(approved(TestCsrs.honest())), NODE, CREATED, JOIN, USER))
                .isTrue();
    }

    @Test
    void shouldRecogniseTheJoinByWhatNodejoinWroteAtItsApproval() {
        // given
        CertificateSigningRequest csr = approvedFor(JOIN);

        // when, then
        assertThat(NodeProvenance.isFromJoin(List.of(csr), NODE, CREATED, JOIN, Set.of()))
                .isTrue();
        assertThat(NodeProvenance.isFromJoin(List.of(csr), NODE, CREATED, OTHER, Set.of()))
                .isFalse();
    }

    @Test
    void shouldNotTakeANodeThatIsOlderThanTheCertificate() {
        assertThat(NodeProvenance.isFromJoin(List.of(approvedFor(JOIN)), NODE, TestCsrs.ISSUED, JOIN, USER))
                .isFalse();
    }

    @Test
    void shouldNotTakeTheNodeOfALaterJoin() {
        // given
        CertificateSigningRequest later = new CertificateSigningRequestBuilder(approvedFor(OTHER))
                .editMetadata()
                .withCreationTimestamp(TestCsrs.ISSUED.plusSeconds(20).toString())
                .endMetadata()
                .editSpec()
                .withUsername("system:bootstrap:zzzzzz")
                .endSpec()
                .build();

        // when, then
        assertThat(NodeProvenance.isFromJoin(List.of(approvedFor(JOIN), later), NODE, CREATED, JOIN, USER))
                .isFalse();
    }

    @Test
    void shouldNotTakeTheNodeOfAnotherName() {
        assertThat(NodeProvenance.isFromJoin(List.of(approvedFor(JOIN)), new NodeName("worker-2"), CREATED, JOIN, USER))
                .isFalse();
    }

    @Test
    void shouldNotTakeANodeWhoseRequestIsUndecidedOrForgotten() {
        assertThat(NodeProvenance.isFromJoin(List.of(TestCsrs.honest()), NODE, CREATED, JOIN, USER))
                .isFalse();
        assertThat(NodeProvenance.isFromJoin(List.of(), NODE, CREATED, JOIN, USER))
                .isFalse();
    }

    private static CertificateSigningRequest approved(CertificateSigningRequest csr) {
        return TestCsrs.decided(csr, "Approved");
    }

    private static CertificateSigningRequest approvedFor(JoinId join) {
        return new CertificateSigningRequestBuilder(TestCsrs.honest())
                .editOrNewStatus()
                .addNewCondition()
                .withType("Approved")
                .withStatus("True")
                .withReason("NodejoinApproved")
                .withMessage("Join " + join + ": name, key, usages and token are exactly those of the join")
                .endCondition()
                .endStatus()
                .build();
    }
}
