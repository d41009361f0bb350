package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResidueTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @ParameterizedTest
    @CsvSource({
        "Token_Revoke, Revoke bootstrap token k3x9a0: CLUSTER_AUTH_FAILED, false",
        "ClusterInfo_RemoveSignature, Remove signature of token k3x9a0, false",
        "Certificate_DenyUndecided, Deny undecided certificate requests of token k3x9a0, false",
        "Node_Remove, Remove node w1: CLUSTER_AUTH_FAILED, false",
        "Host_ResetHost, Reset the host: HOST_RESET_FAILED, true",
        "Token_Forget, Forget bootstrap token k3x9a0: CLUSTER_AUTH_FAILED, false",
    })
    void shouldNameAFailedUndoRunTheOthersAndBlameTheHostOnlyForItsOwn(String undo, String line, boolean hostIsBlamed) {
        // given
        bed.script.next("Node_AwaitReady", _ -> {
            bed.script.failAlways(undo, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
            return new NodeState.Refused(new Problem(ErrorCode.NODE_NOT_READY, "no network plugin"));
        });
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().residue())
                .anySatisfy(residue -> assertThat(residue).startsWith(line));
        assertThat(bed.failure().replaceHost()).isEqualTo(hostIsBlamed);
        assertThat(bed.script.effects())
                .contains(
                        "Host_ResetHost",
                        "Token_Revoke",
                        "ClusterInfo_RemoveSignature",
                        "Certificate_DenyUndecided",
                        "Node_Remove");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Token_Revoke",
                "ClusterInfo_RemoveSignature",
                "Certificate_DenyUndecided",
                "Node_Remove",
                "Token_Forget"
            })
    void shouldTakeBackWithTheCredentialThatReplacesOneThatIsRefused(String undo) {
        // given
        bed.script.failTimes(4, undo, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        Problem otherNode = new Problem(ErrorCode.NODE_UID_CHANGED, "re-created");
        bed.script.next("Node_AwaitRegistered", honest -> {
            Object registered = honest.get();
            return registered instanceof NodeState.Registered ? new NodeState.Refused(otherNode) : registered;
        });
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_UID_CHANGED);
        assertThat(bed.failure().residue()).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldDenyWhatWasAskedForUntilADelayedRevocation() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.failTimes(4, "Token_Revoke", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        bed.script.before("Token_Revoke", () -> bed.cluster.everIssued.forEach(bed.cluster::request));
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().residue()).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
        List<String> effects = bed.script.effects();
        assertThat(effects.lastIndexOf("Certificate_Issued"))
                .as("what was issued is looked for after the last denial")
                .isGreaterThan(effects.lastIndexOf("Certificate_DenyUndecided"));
    }

    @Test
    void shouldNotWaitForLateRequestsOfATokenThatCannotBeRevoked() {
        // given
        bed.kubeletAsksAtOnce();
        Problem late = new Problem(ErrorCode.NODE_NOT_REGISTERED, "no Node in 2 minutes");
        bed.script.answer("Node_AwaitRegistered", new NodeState.Refused(late));
        bed.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.script.failAlways("Token_Revoke", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(takenBackIn()).isBetween(JoinOptions.REFUSED_UNDO, JoinOptions.REFUSED_UNDO.plusMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Token_Revoke", "ClusterInfo_RemoveSignature", "Certificate_DenyUndecided"})
    void shouldLeaveATokenInTheLedgerOfWhichSomethingIsLeft(String undo) {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.failAlways(undo, FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.cluster.leftovers()).contains("ledger[k3x9a0]");
        assertThat(bed.script.effects()).doesNotContain("Token_Forget");
    }

    @Test
    void shouldPassOnWhatTheHostCouldNotTakeBack() {
        // given
        Finding finding = new Finding("swap-file", Finding.Severity.ERROR, "/etc/fstab differs", "restore /etc/fstab");
        bed.script.fail("Token_Issue", FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED);
        bed.script.answer("Host_ResetHost", new HostResult.HostReset(false, null, List.of(finding)));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().residue())
                .containsExactly("Host: " + ErrorCode.NEEDS_ATTENTION + ": /etc/fstab differs (restore /etc/fstab)");
        assertThat(bed.failure().replaceHost()).isTrue();
    }

    @Test
    void shouldNotDelayTheOutcomeForAHostThatIsGone() {
        // given
        bed.script.answer("Host_PrepareHost", FakeHost.failed(ErrorCode.HOST_PREPARE_FAILED, "a step failed"));
        bed.script.failAlways("Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().residue()).singleElement().asString().contains("HOST_RESET_FAILED");
        assertThat(takenBackIn()).isLessThanOrEqualTo(JoinOptions.RESET_HOST);
    }

    private Duration takenBackIn() {
        List<PhaseTime> phases = bed.failure().phases();
        return Duration.between(
                phases.get(phases.size() - 2).at(), phases.getLast().at());
    }

    @Test
    void shouldRetryARevocationUntilTheClusterIsBack() {
        // given
        bed.kubeletDoesNotStart("port is taken");
        bed.script.failTimes(20, "Token_Revoke", FailureType.UNAVAILABLE, ErrorCode.JOIN_DEADLINE_EXCEEDED);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().residue()).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }
}
