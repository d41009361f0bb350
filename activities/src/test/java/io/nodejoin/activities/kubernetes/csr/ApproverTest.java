package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApproverTest {
    private static final ClusterName CLUSTER = Requests.ORDER.token().cluster();

    private final StubApiServer server = new StubApiServer("");
    private final RequestBoard board = new RequestBoard(server.client(CLUSTER), CertificateRules.SIGNER);
    private final Approver approver = new Approver(board, new DecisionDesk(CLUSTER, board, _ -> {}, _ -> {}));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldNotCountARepeatedRequestAsDeniedThatOthersChange() {
        // given
        CertificateSigningRequest approved = Requests.decided(Requests.honest(), RequestStatus.APPROVED);
        CertificateSigningRequest repeated = new CertificateSigningRequestBuilder(Requests.honest())
                .editMetadata()
                .withName("csr-y")
                .withUid("uid-y")
                .endMetadata()
                .build();
        server.answerChanges(409);
        // when
        Throwable thrown = catchThrowable(() -> approver.denyOthers(Requests.ORDER, List.of(approved, repeated)));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
    }
}
