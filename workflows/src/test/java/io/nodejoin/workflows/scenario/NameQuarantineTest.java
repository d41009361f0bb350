package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.RetryAfter;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NameQuarantineTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldNotQuarantineTheNameWhenTheHostHasWipedTheIssuedKey() {
        // given
        failAfterTheCertificate();
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.cluster.quarantines).isEmpty();
        assertThat(fixture.failure().residue()).isEmpty();
    }

    @Test
    void shouldQuarantineTheNameForOtherMachinesWhenTheHostIsGone() {
        // given
        failAfterTheCertificate();
        fixture.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        NameQuarantine quarantine = quarantine();
        assertThat(quarantine.machineId()).isEqualTo(FakeHost.FACTS.machineId());
        assertThat(quarantine.joinId()).isEqualTo(fixture.joinId());
        assertThat(fixture.failure().residue()).contains("Name: " + quarantine.describe());
    }

    @Test
    void shouldQuarantineTheNameForOtherMachinesWhenARivalWasDeniedAndTheHostIsGone() {
        // given
        failAfterTheCertificate();
        fixture.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.script.answerAlways("Csr_ListIssued", new IssuedCertificates(List.of(fixture.cluster.issued()), true));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isEqualTo(FakeHost.FACTS.machineId());
    }

    @Test
    void shouldQuarantineTheNameForOtherMachinesWhenTheKubeletMayHaveCreatedAPendingCsr() {
        // given
        fixture.withoutRetry().withKubeletBootstrap();
        fixture.script.scriptNext("Csr_Decide", honest -> {
            Object approved = honest.get();
            return new CertificateResult.TimedOut(
                    new Problem(ErrorCode.CERTIFICATE_NOT_ISSUED, approved + " is not signed"));
        });
        hostHadNoKey();
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isEqualTo(FakeHost.FACTS.machineId());
    }

    @Test
    void shouldQuarantineTheNameForOtherMachinesWhenTheHostMayStillHaveTheKey() {
        // given
        failAfterTheCertificate();
        Finding left = new Finding("kubelet-home", Finding.Severity.ERROR, "it cannot be removed", "remove it");
        fixture.script.answer("Host_ResetHost", new HostResult.HostReset(true, null, List.of(left)));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isEqualTo(FakeHost.FACTS.machineId());
    }

    @Test
    void shouldQuarantineTheNameForAllWhenTheHostHadNoKeyOfAnIssuedCertificate() {
        // given
        failAfterTheCertificate();
        hostHadNoKey();
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isNull();
    }

    @Test
    void shouldQuarantineTheNameForAllWhenTheKubeletOfTheHostNeverRan() {
        // given
        fixture.failKubeletStart("bad setting");
        fixture.script.answerAlways("Csr_ListIssued", new IssuedCertificates(List.of(fixture.cluster.issued()), false));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isNull();
    }

    @Test
    void shouldQuarantineTheNameForAllWhenTheHostHasWipedAnotherKey() {
        // given
        failAfterTheCertificate();
        fixture.script.answer("Host_ResetHost", new HostResult.HostReset(true, "ef".repeat(32), List.of()));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isNull();
    }

    @Test
    void shouldQuarantineTheNameForAllWhenAnotherKeyHasUsedTheToken() {
        // given
        failAfterTheCertificate();
        hostHadNoKey();
        fixture.script.answer("Csr_ListIssued", new IssuedCertificates(List.of(fixture.cluster.issued()), true));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isNull();
    }

    @Test
    void shouldReportWhenAQuarantineForAllMachinesEnds() {
        // given
        failAfterTheCertificate();
        hostHadNoKey();
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().retryable()).isTrue();
        assertFreeAfter(quarantine().until());
    }

    @Test
    void shouldNotQuarantineTheNameForTheSameMachine() {
        // given
        failAfterTheCertificate();
        fixture.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isNotNull();
        assertThat(fixture.failure().retryAfter())
                .isEqualTo(RetryAfter.forReason(ErrorCode.NODE_NOT_READY, fixture.joinId()));
    }

    @Test
    void shouldNotReportWhenTheQuarantineEndsIfTheRequestIsNotRetryable() {
        // given
        fixture.script.answer(
                "Node_AwaitReady",
                new NodeState.Failed(new Problem(ErrorCode.NODE_IDENTITY_MISMATCH, "another machine")));
        hostHadNoKey();
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(quarantine().machineId()).isNull();
        assertThat(fixture.failure().retryAfter()).isNull();
    }

    @Test
    void shouldRejectAnotherMachineWhileTheNameIsQuarantined() {
        // given
        NameQuarantine quarantine = quarantineFor("another machine");
        fixture.script.answer("Node_CheckName", new NameAvailability.Free(fixture.now(), quarantine));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_QUARANTINED);
        assertFreeAfter(quarantine.until());
        assertThat(fixture.cluster.everIssued).isEmpty();
    }

    @Test
    void shouldJoinTheMachineThatTheQuarantineExempts() {
        // given
        fixture.script.answer(
                "Node_CheckName", new NameAvailability.Free(fixture.now(), quarantineFor(FakeHost.FACTS.machineId())));
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    private void failAfterTheCertificate() {
        fixture.script.answer(
                "Node_AwaitReady", new NodeState.Failed(new Problem(ErrorCode.NODE_NOT_READY, "no network plugin")));
    }

    private void assertFreeAfter(Instant until) {
        assertThat(fixture.failure()
                        .phases()
                        .getLast()
                        .at()
                        .plus(fixture.failure().retryAfter()))
                .as("when the name is free")
                .isBetween(until, until.plusSeconds(1));
    }

    private void hostHadNoKey() {
        fixture.script.answer("Host_ResetHost", new HostResult.HostReset(true, null, List.of()));
    }

    private NameQuarantine quarantine() {
        return Objects.requireNonNull(fixture.cluster.quarantines.get(WorkflowFixture.NODE.value()));
    }

    private NameQuarantine quarantineFor(String machine) {
        return new NameQuarantine(
                new NodeRef(WorkflowFixture.CLUSTER, WorkflowFixture.NODE),
                fixture.joinId(),
                machine,
                fixture.now().plus(Duration.ofDays(1)));
    }
}
