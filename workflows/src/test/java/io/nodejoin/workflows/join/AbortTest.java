package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowUpdateException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AbortTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    static Stream<String> steps() {
        return Stream.of(
                "ClusterInfo_Ensure",
                "Node_Inspect",
                "Host_Preflight",
                "Host_PrepareHost",
                "Token_Reserve",
                "Token_Issue",
                "ClusterInfo_PublishSignature",
                "Host_StartKubelet",
                "Certificate_Decide",
                "Node_AwaitRegistered",
                "Node_AwaitReady",
                "Node_Remember",
                "Token_Revoke",
                "ClusterInfo_RemoveSignature",
                "Token_Forget");
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldTakeEverythingBackWhereverTheJoinIs(String step) {
        // given
        bed.script.before(step, bed::abort);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(bed.events.of(JoinCancelled.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.detail()).isEqualTo("no longer needed (asked for by a test)"));
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldTakeEverythingBackAlikeByAnEventThatWaitsForNoAnswer(String step) {
        // given
        bed.script.before(step, () -> {
            bed.cancel(1);
            awaitGivenUp();
        });
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(bed.events.of(JoinCancelled.class)).hasSize(1);
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldGoOnIfTheEventThatWaitsForNoAnswerWasMadeBeforeTheRequest() {
        // given
        bed.script.before("Host_Preflight", () -> bed.cancel(-1));
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.events.of(JoinCancelled.class)).isEmpty();
    }

    @Test
    void shouldCancelAJoinWhoseAgentHasNotCome() {
        // given
        bed.start();
        await().until(() -> bed.script.effects().size() == 2);
        bed.settle();

        // when
        AbortAnswer answer = bed.abort();

        // then
        assertThat(answer.joinId()).isEqualTo(bed.joinId());
        assertThat(bed.end().phase()).isEqualTo(Phase.Cancelled);
    }

    @Test
    void shouldGoOnIfTheCancelWasMadeBeforeTheRequest() {
        // given
        Refusal refusal = new Refusal();
        bed.script.before("Host_Preflight", () -> refusal.of(() -> bed.abort(-1L)));
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(refusal.text).contains("COMMAND_STALE", "newer than what is cancelled");
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldNotWaitForRoomForATokenThatNobodyNeedsAnyMore() {
        // given
        bed.script.failAlways("Token_Reserve", FailureType.THROTTLED, ErrorCode.TOKEN_CAP_REACHED);
        bed.script.before("Host_PrepareHost", bed::abort);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(bed.events.of(JoinCancelled.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.residue()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void shouldCancelARequestThatIsNoNewerThanTheCancel(long secondsAfter) {
        // given
        bed.script.before("Host_Preflight", () -> bed.abort(secondsAfter));
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldTreatACancellationByTemporalAlike(String step) {
        // given
        bed.script.before(step, this::cancelByTemporal);
        bed.startWithAgent();

        // when
        assertThatThrownBy(bed::end).hasMessageContaining("cancelled");

        // then
        assertThat(bed.events.of(JoinCancelled.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.detail()).isEqualTo("the workflow was cancelled"));
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldBeCancelledByTemporalHoweverTheStepEndsThatWasUnderWay(String step) {
        // given
        bed.script.next(step, _ -> {
            cancelByTemporal();
            throw Failures.of(FailureType.FORBIDDEN, new Problem(ErrorCode.HOST_PREPARE_FAILED, "refused"));
        });
        bed.startWithAgent();

        // when
        assertThatThrownBy(bed::end).hasMessageContaining("cancelled");

        // then
        assertThat(bed.events.of(JoinCancelled.class)).hasSize(1);
        assertThat(bed.cluster.leftovers())
                .isEqualTo(FailAtEachStepTest.mayBeDoneLate(step) ? List.of("ledger[k3x9a0]") : List.of());
    }

    private void cancelByTemporal() {
        bed.untyped().cancel();
        awaitGivenUp();
    }

    private void awaitGivenUp() {
        await().until(() -> bed.history().getEvents().stream()
                .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED));
    }

    @Test
    void shouldRefuseToAbortAJoinThatIsBeingTakenBack() {
        // given
        bed.script.answer("Host_PrepareHost", FakeHost.failed(ErrorCode.HOST_PREPARE_FAILED, "swap stays on"));
        Refusal refusal = new Refusal();
        bed.script.before("Host_ResetHost", () -> refusal.of(bed::abort));
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(refusal.text).contains("COMMAND_STALE", "w1");
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.HOST_PREPARE_FAILED);
    }

    private static final class Refusal {
        private volatile String text = "none";

        void of(Runnable abort) {
            try {
                abort.run();
            } catch (WorkflowUpdateException refused) {
                text = String.valueOf(refused.getCause());
            }
        }
    }
}
