package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestListBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.DeniedCsrs;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesCertificateActivitiesTest {
    private static final String REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private static final TokenRef TOKEN = TestCsrs.ORDER.token();
    private static final EffectGuard RIGHT = _ -> {};

    private final List<ClusterName> counted = new ArrayList<>();
    private final StubApiServer server = new StubApiServer("");
    private final KubernetesCertificateActivities certificates =
            new KubernetesCertificateActivities(server, _ -> {}, counted::add);
    private final CertificateSigningRequest csr = TestCsrs.honest();

    @AfterEach
    void close() {
        certificates.close();
        server.close();
    }

    @Test
    void shouldNotCountARequestAsDeniedThatOthersChangeAgainAndAgain() {
        // given
        show(csr);
        server.answerChanges(409);
        // when
        Throwable thrown = catchThrowable(() -> certificates.denyPending(TOKEN, RIGHT));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.OBJECT_CONFLICT);
        assertThat(server.changes())
                .containsOnly("PUT " + REQUESTS + "/csr-x/approval")
                .hasSize(3);
    }

    @Test
    void shouldLeaveARequestThatAnotherApproverDecidesInTheSameMoment() {
        // given
        show(csr);
        server.answerChanges(409);
        // when
        DeniedCsrs denied = certificates.denyPending(TOKEN, _ -> show(TestCsrs.decided(csr, CsrStatus.DENIED)));
        // then
        assertThat(denied.names()).isEmpty();
        assertThat(server.changes()).hasSize(1);
    }

    @Test
    void shouldDenyAThiefAndMissTheHostWhoseKeyIsKnown() {
        // given
        show(TestCsrs.withAnotherKey());
        // when
        CertificateResult result = runDecide(endingAt(Instant.EPOCH, TestCsrs.KNOWN_KEY_ORDER));
        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        CertificateResult.TimedOut.class,
                        missing -> assertThat(missing.problem().code()).isEqualTo(ErrorCode.CSR_TIMEOUT));
        assertThat(server.changes()).containsExactly("PUT " + REQUESTS + "/csr-x/approval");
        assertThat(counted).containsExactly(TOKEN.cluster());
    }

    private CertificateResult runDecide(CsrDecisionRequest request) {
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(DataConverters.dataConverter())
                        .build())
                .build());
        try {
            environment.registerActivitiesImplementations(certificates);
            return environment
                    .newActivityStub(
                            CsrActivities.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(Duration.ofMinutes(1))
                                    .build())
                    .decide(request);
        } finally {
            environment.close();
        }
    }

    private static CsrDecisionRequest endingAt(Instant deadline, CsrDecisionRequest request) {
        return new CsrDecisionRequest(
                request.token(),
                request.node(),
                request.approval(),
                request.keyDigest(),
                request.createdNodeUid(),
                request.issuedAt(),
                request.csrsAcceptedUntil(),
                deadline,
                null);
    }

    private void show(CertificateSigningRequest present) {
        server.show(
                REQUESTS,
                new KubernetesSerialization()
                        .asJson(new CertificateSigningRequestListBuilder()
                                .withItems(present)
                                .withMetadata(new ListMeta())
                                .build()));
    }
}
