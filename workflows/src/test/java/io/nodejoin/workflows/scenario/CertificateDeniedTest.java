package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.ReasonClass;
import io.nodejoin.workflows.csr.CertificateResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CertificateDeniedTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldFailWithTheReasonOfADenial() {
        // given
        Problem rule = new Problem(ErrorCode.NODE_IDENTITY_MISMATCH, "the request asks for system:node:w2");
        fixture.script.answer("Csr_Decide", new CertificateResult.Denied("csr-1", rule));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH);
        assertThat(fixture.failure().reasonClass()).isEqualTo(ReasonClass.IDENTITY);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldKeepANodeThatAnotherMachineRegisteredMeanwhile() {
        // given
        fixture.script.scriptNext("Csr_Decide", _ -> {
            fixture.cluster.nodes.put(WorkflowFixture.NODE.value(), "uid-of-a-stranger");
            return new CertificateResult.Denied(
                    "csr-1", new Problem(ErrorCode.NODE_NAME_IN_USE, "a Node of the name exists"));
        });
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.cluster.nodes).containsEntry(WorkflowFixture.NODE.value(), "uid-of-a-stranger");
    }

    @Test
    void shouldKeepANodeThatAnotherMachineRegisteredBeforeTheApproval() {
        // given an approver that looks at no names
        fixture.script.scriptNext("Csr_Decide", honest -> {
            fixture.cluster.nodes.put(WorkflowFixture.NODE.value(), "uid-of-a-stranger");
            fixture.cluster.createdAtByName.put(
                    WorkflowFixture.NODE.value(), fixture.now().minusSeconds(5));
            return honest.get();
        });
        fixture.withNodeOfKubelet().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.cluster.nodes).containsEntry(WorkflowFixture.NODE.value(), "uid-of-a-stranger");
    }

    @Test
    void shouldDenyAnUndecidedCsr() {
        // given
        Problem late = new Problem(ErrorCode.CSR_TIMEOUT, "no request in 2 minutes");
        fixture.script.answer("Csr_Decide", new CertificateResult.TimedOut(late));
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.CSR_TIMEOUT);
        assertThat(fixture.cluster.csrs.values()).doesNotContain("undecided", "approved");
    }

    @Test
    void shouldCompensateIfAnotherKeyHasAlsoUsedTheToken() {
        // given
        Problem rival = new Problem(ErrorCode.CSR_KEY_MISMATCH, "another key asked under the same token");
        fixture.script.answer("Csr_DenyOthers", new CertificateResult.Denied("csr-2", rival));
        fixture.withKubeletBootstrap().withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldTakeTheJoinBackAtOnceIfASecondKeyAsksBeforeTheNodeHasRegistered() {
        // given
        Problem second = new Problem(ErrorCode.CSR_KEY_MISMATCH, "another key asked under the same token");
        fixture.script.scriptNext("Node_AwaitRegistered", honest -> {
            fixture.sleep(Duration.ofMinutes(1));
            return honest.get();
        });
        fixture.script.answer("Csr_DenyOthers", new CertificateResult.Denied("csr-2", second));
        fixture.withKubeletBootstrap().withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
        assertThat(fixture.completedActivities())
                .containsSubsequence("Csr_DenyOthers", "Host_ResetHost", "Node_AwaitRegistered");
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldDenyOtherCsrsOnlyOnceTheHostObservedTheRejectionOfItsToken() {
        // given
        fixture.script.scriptNext("Host_StartKubelet", honest -> {
            Object answer = honest.get();
            fixture.await(fixture.cluster.signatures::isEmpty);
            fixture.sleep(Duration.ofSeconds(5));
            return answer;
        });
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.completedActivities()).containsSubsequence("Host_StartKubelet", "Csr_DenyOthers");
    }
}
