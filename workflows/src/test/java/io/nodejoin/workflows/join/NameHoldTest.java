package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.RetryAfter;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NameHoldTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldNotHoldTheNameWhenTheHostHasWipedTheIssuedKey() {
        // given
        failAfterTheCertificate();
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.cluster.holds).isEmpty();
        assertThat(bed.failure().residue()).isEmpty();
    }

    @Test
    void shouldHoldTheNameForTheSameMachineWhenTheHostIsGone() {
        // given
        failAfterTheCertificate();
        bed.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        NameHold hold = held();
        assertThat(hold.machineId()).isEqualTo(FakeHost.FACTS.machineId());
        assertThat(hold.joinId()).isEqualTo(bed.joinId());
        assertThat(bed.failure().residue()).contains("Name: " + hold.text());
    }

    @Test
    void shouldHoldTheNameForTheSameMachineWhenItsKubeletMayHaveAskedForWhatIsNotSigned() {
        // given
        bed.once();
        bed.script.next("Certificate_Decide", honest -> {
            Object approved = honest.get();
            return new CertificateDecision.Missing(new Problem(ErrorCode.CERT_NOT_ISSUED, approved + " is not signed"));
        });
        hostHadNoKey();
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(held().machineId()).isEqualTo(FakeHost.FACTS.machineId());
    }

    @Test
    void shouldHoldTheNameForTheSameMachineWhenTheHostMayHaveTheKeyStill() {
        // given
        failAfterTheCertificate();
        Finding left = new Finding("kubelet-home", Finding.Severity.ERROR, "it cannot be removed", "remove it");
        bed.script.answer("Host_ResetHost", new HostResult.HostReset(true, null, List.of(left)));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(held().machineId()).isEqualTo(FakeHost.FACTS.machineId());
    }

    @Test
    void shouldHoldTheNameForNobodyWhenTheHostHadNoKeyOfWhatWasIssued() {
        // given
        failAfterTheCertificate();
        hostHadNoKey();
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(held().machineId()).isNull();
    }

    @Test
    void shouldHoldTheNameForNobodyWhenTheHostsKubeletNeverRan() {
        // given
        bed.kubeletDoesNotStart("bad setting");
        bed.script.answerAlways("Certificate_Issued", new IssuedCertificates(List.of(bed.cluster.issued()), false));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(held().machineId()).isNull();
    }

    @Test
    void shouldHoldTheNameForNobodyWhenTheHostHasWipedAnotherKey() {
        // given
        failAfterTheCertificate();
        bed.script.answer("Host_ResetHost", new HostResult.HostReset(true, "ef".repeat(32), List.of()));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(held().machineId()).isNull();
    }

    @Test
    void shouldHoldTheNameForNobodyWhenAnotherKeyHasUsedTheToken() {
        // given
        failAfterTheCertificate();
        hostHadNoKey();
        bed.script.answer("Certificate_Issued", new IssuedCertificates(List.of(bed.cluster.issued()), true));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(held().machineId()).isNull();
    }

    @Test
    void shouldSayWhenTheNameIsFreeIfNobodyMayHaveItNow() {
        // given
        failAfterTheCertificate();
        hostHadNoKey();
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().retryable()).isTrue();
        assertFreeAfter(held().until());
    }

    @Test
    void shouldNotHaveTheSameMachineWaitForItsName() {
        // given
        failAfterTheCertificate();
        bed.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(held().machineId()).isNotNull();
        assertThat(bed.failure().retryAfter()).isEqualTo(RetryAfter.of(ErrorCode.NODE_NOT_READY, bed.joinId()));
    }

    @Test
    void shouldNotSayWhenTheNameIsFreeIfTheRequestMayNotBeSentAgain() {
        // given
        bed.script.answer(
                "Node_AwaitReady",
                new NodeState.Refused(new Problem(ErrorCode.NODE_IDENTITY_MISMATCH, "another machine")));
        hostHadNoKey();
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(held().machineId()).isNull();
        assertThat(bed.failure().retryAfter()).isNull();
    }

    @Test
    void shouldRefuseAnotherMachineWhileTheNameIsHeld() {
        // given
        NameHold held = hold("another machine");
        bed.script.answer("Node_Inspect", new NameState.Free(bed.now(), held));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_QUARANTINED);
        assertFreeAfter(held.until());
        assertThat(bed.cluster.everIssued).isEmpty();
    }

    @Test
    void shouldJoinTheMachineForWhichTheNameIsHeld() {
        // given
        bed.script.answer("Node_Inspect", new NameState.Free(bed.now(), hold(FakeHost.FACTS.machineId())));
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    private void failAfterTheCertificate() {
        bed.script.answer(
                "Node_AwaitReady", new NodeState.Refused(new Problem(ErrorCode.NODE_NOT_READY, "no network plugin")));
    }

    private void assertFreeAfter(Instant until) {
        assertThat(bed.failure().phases().getLast().at().plus(bed.failure().retryAfter()))
                .as("when the name is free")
                .isBetween(until, until.plusSeconds(1));
    }

    private void hostHadNoKey() {
        bed.script.answer("Host_ResetHost", new HostResult.HostReset(true, null, List.of()));
    }

    private NameHold held() {
        return Objects.requireNonNull(bed.cluster.holds.get(JoinBed.NODE.value()));
    }

    private NameHold hold(String machine) {
        return new NameHold(
                new NodeRef(JoinBed.CLUSTER, JoinBed.NODE),
                bed.joinId(),
                machine,
                bed.now().plus(Duration.ofDays(1)));
    }
}
