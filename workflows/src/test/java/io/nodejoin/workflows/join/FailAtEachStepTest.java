package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.failure.FailureType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailAtEachStepTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    static Stream<String> stepsBeforeAnythingIsLeft() {
        return Stream.of("ClusterInfo_Ensure", "Node_Inspect", "Host_Preflight");
    }

    static Stream<String> stepsOfAnAttempt() {
        return Stream.of(
                "Host_PrepareHost",
                "Token_Reserve",
                "Certificate_Decide",
                "Host_StartKubelet",
                "Node_AwaitRegistered",
                "Node_AwaitReady",
                "Node_Remember",
                "ClusterInfo_RemoveSignature");
    }

    static Stream<String> stepsThatMayBeDoneLate() {
        return Stream.of("Token_Issue", "ClusterInfo_PublishSignature");
    }

    static boolean mayBeDoneLate(String step) {
        return stepsThatMayBeDoneLate().anyMatch(step::equals);
    }

    @ParameterizedTest
    @MethodSource({"stepsBeforeAnythingIsLeft", "stepsOfAnAttempt"})
    void shouldLeaveNothingWhenAStepFailsAfterItsEffect(String step) {
        // given
        bed.script.failAfterEffect(step, FailureType.PRECONDITION_LOST, ErrorCode.TOKEN_LOST);
        bed.once().startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.TOKEN_LOST);
        assertThat(bed.failure().residue()).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("stepsThatMayBeDoneLate")
    void shouldLeaveTheTokenToTheJanitorWhenItMayStillBeMadeOrSigned(String step) {
        // given
        bed.script.failAfterEffect(step, FailureType.PRECONDITION_LOST, ErrorCode.TOKEN_LOST);
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.TOKEN_LOST);
        assertThat(bed.failure().residue()).isEmpty();
        assertThat(bed.cluster.leftovers()).containsExactly("ledger[k3x9a0]");
        assertThat(bed.script.effects()).doesNotContain("Token_Forget");
    }

    @ParameterizedTest
    @MethodSource("stepsThatMayBeDoneLate")
    void shouldNotForgetTheTokenOfAnEarlierAttemptThatMayStillBeMadeOrSigned(String step) {
        // given
        bed.script.failAfterEffect(step, FailureType.PRECONDITION_LOST, ErrorCode.TOKEN_LOST);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.cluster.leftovers()).containsExactly("ledger[k3x9a0]", "nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldLeaveTheTokenToTheJanitorWhenItWasAskedForMoreThanOnce() {
        // given
        bed.cluster.tries = 2;
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.script.effects()).contains("Token_Revoke").doesNotContain("Token_Forget");
        assertThat(bed.cluster.leftovers()).containsExactly("ledger[k3x9a0]", "nodes[w1]", "joined[w1]");
    }

    @ParameterizedTest
    @MethodSource("stepsOfAnAttempt")
    void shouldJoinInTheNextAttemptWhenAStepFailsAfterItsEffect(String step) {
        // given
        bed.script.failAfterEffect(step, FailureType.PRECONDITION_LOST, ErrorCode.TOKEN_LOST);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
        assertThat(bed.cluster.holds).isEmpty();
    }
}
