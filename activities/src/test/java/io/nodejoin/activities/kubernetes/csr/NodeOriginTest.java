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

class NodeOriginTest {
    private static final NodeName NODE = new NodeName("worker-1");
    private static final JoinId JOIN = JoinId.of("s", "i");
    private static final JoinId OTHER = JoinId.of("s", "other");
    private static final Instant CREATED = Requests.ISSUED.plusSeconds(60);
    private static final Set<String> USER = Set.of("system:bootstrap:abc123");

    @Test
    void shouldRecogniseTheJoinByTheUserOfItsToken() {
        assertThat(NodeOrigin.isJoin(List.of(approved(Requests.honest())), NODE, CREATED, JOIN, USER))
                .isTrue();
    }

    @Test
    void shouldRecogniseTheJoinByWhatNodejoinWroteAtItsApproval() {
        // given
        CertificateSigningRequest request = approvedFor(JOIN);

        // when, then
        assertThat(NodeOrigin.isJoin(List.of(request), NODE, CREATED, JOIN, Set.of()))
                .isTrue();
        assertThat(NodeOrigin.isJoin(List.of(request), NODE, CREATED, OTHER, Set.of()))
                .isFalse();
    }

    @Test
    void shouldNotTakeANodeThatIsOlderThanTheCertificate() {
        assertThat(NodeOrigin.isJoin(List.of(approvedFor(JOIN)), NODE, Requests.ISSUED, JOIN, USER))
                .isFalse();
    }

    @Test
    void shouldNotTakeTheNodeOfALaterJoin() {
        // given
        CertificateSigningRequest later = new CertificateSigningRequestBuilder(approvedFor(OTHER))
                .editMetadata()
                .withCreationTimestamp(Requests.ISSUED.plusSeconds(20).toString())
                .endMetadata()
                .editSpec()
                .withUsername("system:bootstrap:zzzzzz")
                .endSpec()
                .build();

        // when, then
        assertThat(NodeOrigin.isJoin(List.of(approvedFor(JOIN), later), NODE, CREATED, JOIN, USER))
                .isFalse();
    }

    @Test
    void shouldNotTakeTheNodeOfAnotherName() {
        assertThat(NodeOrigin.isJoin(List.of(approvedFor(JOIN)), new NodeName("worker-2"), CREATED, JOIN, USER))
                .isFalse();
    }

    @Test
    void shouldNotTakeANodeWhoseRequestIsUndecidedOrForgotten() {
        assertThat(NodeOrigin.isJoin(List.of(Requests.honest()), NODE, CREATED, JOIN, USER))
                .isFalse();
        assertThat(NodeOrigin.isJoin(List.of(), NODE, CREATED, JOIN, USER)).isFalse();
    }

    private static CertificateSigningRequest approved(CertificateSigningRequest request) {
        return Requests.decided(request, "Approved");
    }

    private static CertificateSigningRequest approvedFor(JoinId join) {
        return new CertificateSigningRequestBuilder(Requests.honest())
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
