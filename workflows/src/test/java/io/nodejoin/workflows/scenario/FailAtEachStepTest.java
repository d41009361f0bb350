package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailAtEachStepTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    static Stream<String> stepsBeforeAnythingIsLeft() {
        return Stream.of("Host_Preflight");
    }

    static Stream<String> stepsOfAnAttempt() {
        return Stream.of(
                "Host_PrepareHost",
                "Csr_Decide",
                "Host_StartKubelet",
                "Node_AwaitRegistered",
                "Node_AwaitReady",
                "Node_RecordJoined",
                "Token_Revoke");
    }

    @ParameterizedTest
    @MethodSource({"stepsBeforeAnythingIsLeft", "stepsOfAnAttempt"})
    void shouldLeaveNoResidueIfAStepFailsAfterItsEffect(String step) {
        // given
        fixture.script.failAfterEffect(step, FailureType.FAILED_PRECONDITION, ErrorCode.TOKEN_LOST);
        fixture.withoutRetry().startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.TOKEN_LOST);
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ClusterInfo_Ensure", "Node_CheckName"})
    void shouldLeaveNoResidueIfAStepBeforeTheAgentFails(String step) {
        // given
        fixture.script.failAfterEffect(step, FailureType.FAILED_PRECONDITION, ErrorCode.TOKEN_LOST);
        fixture.withoutRetry().start();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.TOKEN_LOST);
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldKeepTheLedgerEntryWhileATimedOutRequestMayStillCreateOrSignTheToken() {
        // given
        fixture.script.failAfterEffect("Token_Issue", FailureType.FAILED_PRECONDITION, ErrorCode.TOKEN_LOST);
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.TOKEN_LOST);
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).containsExactly("ledger[token-1]");
        assertThat(fixture.script.effects()).doesNotContain("Token_DeleteLedgerEntry");
    }

    @Test
    void shouldKeepTheLedgerEntryOfAnEarlierAttemptWhoseTokenMayStillBeCreatedOrSigned() {
        // given
        fixture.script.failAfterEffect("Token_Issue", FailureType.FAILED_PRECONDITION, ErrorCode.TOKEN_LOST);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.leftovers()).containsExactly("ledger[token-1]", "nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldKeepTheLedgerEntryIfTheTokenWasRequestedMoreThanOnce() {
        // given
        fixture.cluster.createAttempts = 2;
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.script.effects()).contains("Token_Revoke").doesNotContain("Token_DeleteLedgerEntry");
        assertThat(fixture.cluster.leftovers()).containsExactly("ledger[token-1]", "nodes[w1]", "joined[w1]");
    }

    @ParameterizedTest
    @MethodSource("stepsOfAnAttempt")
    void shouldJoinInTheNextAttemptWhenAStepFailsAfterItsEffect(String step) {
        // given
        fixture.script.failAfterEffect(step, FailureType.FAILED_PRECONDITION, ErrorCode.TOKEN_LOST);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
        assertThat(fixture.cluster.quarantines).isEmpty();
    }
}
