package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FirstKeyControllerTest {
    private static final ClusterName CLUSTER = TestCsrs.ORDER.token().cluster();

    private final StubApiServer server = new StubApiServer("");
    private final CsrClient csrClient = new CsrClient(server.client(CLUSTER), ClientCsrPolicy.SIGNER);
    private final ClientCsrController controller = ClientCsrController.of(
            TestCsrs.ORDER,
            csrClient,
            new CsrDecisionWriter(CLUSTER, csrClient, _ -> {}, _ -> {}, CsrDecisionListener.NONE),
            new ForeignKeyReporter(TestCsrs.ORDER, _ -> {}));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldNotCountARepeatedRequestAsDeniedThatOthersChange() {
        // given
        CertificateSigningRequest approved = TestCsrs.decided(TestCsrs.honest(), CsrStatus.APPROVED);
        CertificateSigningRequest repeated = TestCsrs.named("csr-y", TestCsrs.honest());
        server.answerChanges(409);
        // when
        Throwable thrown = catchThrowable(() -> controller.denyOthers(List.of(approved, repeated)));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
    }
}
