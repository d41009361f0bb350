package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.join.ReasonClass;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.failure.FailureType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServingTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldDeclareWhatTheKubeletWasToldAndWaitForItsCertificate() {
        // given
        bed.serving("10.0.0.7", "2001:db8::7").startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end).isEqualTo(new JoinEnd(Phase.Joined, null));
        assertThat(bed.script.effects())
                .containsSubsequence("Node_AwaitRegistered", "Serving_Declare", "Serving_AwaitIssued")
                .doesNotContain("Serving_Withdraw");
        assertThat(bed.cluster.served.get("w1")).satisfies(inventory -> {
            assertThat(inventory.addresses()).containsExactly("10.0.0.7", "2001:db8::7");
            assertThat(inventory.node().uid()).isEqualTo(bed.cluster.nodes.get("w1"));
            assertThat(inventory.joinId()).isEqualTo(bed.joinId());
        });
        assertThat(bed.host.received.getLast().command())
                .isInstanceOfSatisfying(HostCommand.StartKubelet.class, start -> {
                    assertThat(start.kubelet().serverTlsBootstrap()).isTrue();
                    assertThat(start.kubelet().nodeIp()).isEqualTo("10.0.0.7,2001:db8::7");
                });
    }

    @Test
    void shouldNotSpeakOfServingWhenNobodyAskedForIt() {
        // given
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.script.effects()).noneMatch(effect -> effect.startsWith("Serving_"));
        assertThat(bed.host.received.getLast().command())
                .isInstanceOfSatisfying(HostCommand.StartKubelet.class, start -> {
                    assertThat(start.kubelet().serverTlsBootstrap()).isNull();
                    assertThat(start.kubelet().nodeIp()).isEqualTo("10.0.0.7");
                });
    }

    @Test
    void shouldTakeTheJoinBackWhenTheKubeletAsksForNamesThatAreNotItsOwn() {
        // given
        Problem wrong = new Problem(ErrorCode.SERVING_SAN_NOT_OWNED, "the names are not exactly those declared");
        bed.script.answer("Serving_AwaitIssued", new CertificateDecision.Denied("csr-2", wrong));
        bed.serving("10.0.0.7").startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.SERVING_SAN_NOT_OWNED);
        assertThat(bed.failure().reasonClass()).isEqualTo(ReasonClass.IDENTITY);
        assertThat(bed.script.effects()).containsSubsequence("Serving_Withdraw", "Node_Remove");
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"CSR_TIMEOUT", "CERT_NOT_ISSUED", "NODE_UID_CHANGED"})
    void shouldFailWhenNoCertificateComes(ErrorCode code) {
        // given
        bed.script.answer("Serving_AwaitIssued", new CertificateDecision.Missing(new Problem(code, "none came")));
        bed.once().serving("10.0.0.7").startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(code);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldWithdrawADeclarationWhoseAnswerWasLostForGood() {
        // given
        bed.script.failAfterEffect("Serving_Declare", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        bed.once().serving("10.0.0.7").startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldDeclareAgainWhenAnAnswerIsLost() {
        // given
        bed.script.loseAnswer("Serving_Declare");
        bed.serving("10.0.0.7").startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.script.effects()).filteredOn("Serving_Declare"::equals).hasSize(2);
        assertThat(bed.cluster.leftovers()).isEqualTo(List.of("served[w1]", "nodes[w1]", "joined[w1]"));
    }
}
