package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.ReasonClass;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServingCertificateTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldAllowTheSansThatTheKubeletRequestsAndWaitForItsCertificate() {
        // given
        fixture.withServingCertificate("10.0.0.7", "2001:db8::7").startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end).isEqualTo(new JoinResult(Phase.Joined, null));
        assertThat(fixture.script.effects())
                .containsSubsequence(
                        "Node_AwaitRegistered", "ServingCertificate_AllowSans", "ServingCertificate_AwaitIssued")
                .doesNotContain("ServingCertificate_DisallowSans");
        assertThat(fixture.cluster.servingSans.get("w1")).satisfies(sans -> {
            assertThat(sans.addresses()).containsExactly("10.0.0.7", "2001:db8::7");
            assertThat(sans.node().uid()).isEqualTo(fixture.cluster.nodes.get("w1"));
            assertThat(sans.joinId()).isEqualTo(fixture.joinId());
        });
        assertThat(fixture.host.received.getLast().command())
                .isInstanceOfSatisfying(HostCommand.StartKubelet.class, start -> {
                    assertThat(start.kubelet().serverTlsBootstrap()).isTrue();
                    assertThat(start.kubelet().nodeIp()).isEqualTo("10.0.0.7,2001:db8::7");
                });
    }

    @Test
    void shouldNotCallServingActivitiesUnlessRequested() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.script.effects()).noneMatch(effect -> effect.startsWith("ServingCertificate_"));
        assertThat(fixture.host.received.getLast().command())
                .isInstanceOfSatisfying(HostCommand.StartKubelet.class, start -> {
                    assertThat(start.kubelet().serverTlsBootstrap()).isNull();
                    assertThat(start.kubelet().nodeIp()).isEqualTo("10.0.0.7");
                });
    }

    @Test
    void shouldCompensateIfTheKubeletRequestsOtherSans() {
        // given
        Problem wrong = new Problem(ErrorCode.SERVING_SAN_NOT_OWNED, "the names are not exactly those declared");
        fixture.script.answer("ServingCertificate_AwaitIssued", new CertificateResult.Denied("csr-2", wrong));
        fixture.withServingCertificate("10.0.0.7").startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.SERVING_SAN_NOT_OWNED);
        assertThat(fixture.failure().reasonClass()).isEqualTo(ReasonClass.IDENTITY);
        assertThat(fixture.script.effects()).containsSubsequence("ServingCertificate_DisallowSans", "Node_Delete");
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"CSR_TIMEOUT", "CERTIFICATE_NOT_ISSUED", "NODE_UID_CHANGED"})
    void shouldFailIfNoCertificateIsIssued(ErrorCode code) {
        // given
        fixture.script.answer(
                "ServingCertificate_AwaitIssued", new CertificateResult.TimedOut(new Problem(code, "none came")));
        fixture.withoutRetry().withServingCertificate("10.0.0.7").startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(code);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldDisallowServingSansIfTheResponseIsLost() {
        // given
        fixture.script.failAfterEffect(
                "ServingCertificate_AllowSans", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.withoutRetry().withServingCertificate("10.0.0.7").startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldAllowServingSansAgainIfAResponseIsLost() {
        // given
        fixture.script.loseAnswer("ServingCertificate_AllowSans");
        fixture.withServingCertificate("10.0.0.7").startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.script.effects())
                .filteredOn("ServingCertificate_AllowSans"::equals)
                .hasSize(2);
        assertThat(fixture.cluster.leftovers()).isEqualTo(List.of("served[w1]", "nodes[w1]", "joined[w1]"));
    }
}
