package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.temporal.StepOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompensationResidueTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @ParameterizedTest
    @CsvSource({
        "Token_DeleteSecret, Revoke bootstrap token TOKEN: CLUSTER_AUTH_FAILED, false",
        "Token_RemoveSignature, Remove signature of token TOKEN, false",
        "Csr_DenyPending, Deny undecided certificate requests of token TOKEN, false",
        "Node_Delete, Delete node w1: CLUSTER_AUTH_FAILED, false",
        "Host_ResetHost, Reset the host: HOST_RESET_FAILED, true",
        "Token_DeleteLedgerEntry, Delete ledger entry of bootstrap token TOKEN: CLUSTER_AUTH_FAILED, false",
    })
    void shouldReportAFailedCompensationRunTheOthersAndMarkTheHostDirtyOnlyForItsOwn(
            String undo, String line, boolean hostIsBlamed) {
        // given
        fixture.script.scriptNext("Node_AwaitReady", _ -> {
            fixture.script.failAlways(undo, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
            return new NodeState.Failed(new Problem(ErrorCode.NODE_NOT_READY, "no network plugin"));
        });
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        String expected = line.replace(
                "TOKEN", fixture.cluster.everIssued.iterator().next().value());
        assertThat(fixture.failure().residue())
                .anySatisfy(residue -> assertThat(residue).startsWith(expected));
        assertThat(fixture.failure().replaceHost()).isEqualTo(hostIsBlamed);
        assertThat(fixture.script.effects())
                .contains(
                        "Host_ResetHost",
                        "Token_DeleteSecret",
                        "Token_RemoveSignature",
                        "Csr_DenyPending",
                        "Node_Delete");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Token_DeleteSecret",
                "Token_RemoveSignature",
                "Csr_DenyPending",
                "Node_Delete",
                "Token_DeleteLedgerEntry"
            })
    void shouldCompensateOnceARotatedCredentialIsAccepted(String undo) {
        // given
        fixture.script.failTimes(4, undo, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        Problem otherNode = new Problem(ErrorCode.NODE_UID_CHANGED, "re-created");
        fixture.script.scriptNext("Node_AwaitRegistered", honest -> {
            Object registered = honest.get();
            return registered instanceof NodeState.Registered ? new NodeState.Failed(otherNode) : registered;
        });
        fixture.withKubeletBootstrap().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_UID_CHANGED);
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldCompensateOnceAClusterThatLacksAnObjectIsPreparedAgain() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.failTimes(
                4, "Token_RemoveSignature", FailureType.FAILED_PRECONDITION, ErrorCode.CLUSTER_NOT_PREPARED);
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldDenyCsrsThatWereCreatedUntilADelayedRevocation() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.failTimes(4, "Token_DeleteSecret", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.script.before(
                "Token_DeleteSecret", () -> fixture.cluster.everIssued.forEach(fixture.cluster::requestCertificate));
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
        List<String> effects = fixture.script.effects();
        assertThat(effects.lastIndexOf("Csr_ListIssued"))
                .as("what was issued is looked for after the last denial")
                .isGreaterThan(effects.lastIndexOf("Csr_DenyPending"));
    }

    @Test
    void shouldNotWaitForLateRequestsOfATokenThatCannotBeRevoked() {
        // given
        fixture.requestCertificateAtOnce();
        Problem late = new Problem(ErrorCode.NODE_NOT_REGISTERED, "no Node in 2 minutes");
        fixture.script.answer("Node_AwaitRegistered", new NodeState.Failed(late));
        fixture.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.script.failAlways("Token_DeleteSecret", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(takenBackIn())
                .isBetween(StepOptions.UNAUTHORIZED_RETRY_TIME, StepOptions.UNAUTHORIZED_RETRY_TIME.plusMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Token_DeleteSecret", "Token_RemoveSignature", "Csr_DenyPending"})
    void shouldKeepTheLedgerEntryOfATokenThatIsNotFullyCompensated(String undo) {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.failAlways(undo, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.cluster.leftovers()).contains("ledger[token-1]");
        assertThat(fixture.script.effects()).doesNotContain("Token_DeleteLedgerEntry");
    }

    @Test
    void shouldReportTheResidueOfTheHost() {
        // given
        Finding finding = new Finding("swap-file", Finding.Severity.ERROR, "/etc/fstab differs", "restore /etc/fstab");
        fixture.script.fail("Token_Issue", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        fixture.script.answer("Host_ResetHost", new HostResult.HostReset(false, null, List.of(finding)));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().residue())
                .containsExactly(
                        "Host: " + ErrorCode.HOST_ROLLBACK_INCOMPLETE + ": /etc/fstab differs (restore /etc/fstab)");
        assertThat(fixture.failure().replaceHost()).isTrue();
    }

    @Test
    void shouldNotDelayTheOutcomeForAHostThatIsGone() {
        // given
        fixture.script.answer("Host_PrepareHost", FakeHost.failed(ErrorCode.HOST_PREPARE_FAILED, "a step failed"));
        fixture.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().residue()).singleElement().asString().contains("HOST_RESET_FAILED");
        assertThat(takenBackIn()).isLessThanOrEqualTo(StepOptions.RESET_HOST_TIMEOUT);
    }

    private Duration takenBackIn() {
        List<PhaseTime> phases = fixture.failure().phases();
        return Duration.between(
                phases.get(phases.size() - 2).at(), phases.getLast().at());
    }

    @Test
    void shouldRetryARevocationUntilTheClusterIsBack() {
        // given
        fixture.failKubeletStart("port is taken");
        fixture.script.failTimes(20, "Token_DeleteSecret", FailureType.UNAVAILABLE, ErrorCode.CLUSTER_UNAVAILABLE);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }
}
