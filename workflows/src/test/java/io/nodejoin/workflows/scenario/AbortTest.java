package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowUpdateException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AbortTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    static Stream<String> steps() {
        return Stream.of(
                "ClusterInfo_Ensure",
                "Node_CheckName",
                "Host_Preflight",
                "Host_PrepareHost",
                "Token_Issue",
                "Host_StartKubelet",
                "Csr_Decide",
                "Node_AwaitRegistered",
                "Node_AwaitReady",
                "Node_RecordJoined",
                "Token_Revoke",
                "Token_DeleteLedgerEntry");
    }

    /** The last step precedes the outcome of a join whose kubelet requests its certificate; it follows that of any other. */
    private void startBeforeTheOutcome(String step) {
        if (step.equals("Token_DeleteLedgerEntry")) {
            fixture.withKubeletBootstrap();
        }
        fixture.startWithAgent();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldCompensateEverythingInAnyPhase(String step) {
        // given
        fixture.script.before(step, fixture::abort);
        startBeforeTheOutcome(step);

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.detail()).isEqualTo("no longer needed (requested by a test)"));
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldCompensateEverythingAfterACancelSignal(String step) {
        // given
        fixture.script.before(step, () -> {
            fixture.cancel(1);
            awaitGivenUp();
        });
        startBeforeTheOutcome(step);

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(fixture.events.ofType(JoinCancelled.class)).hasSize(1);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldContinueIfTheCancelSignalIsOlderThanTheRequest() {
        // given
        fixture.script.before("Host_Preflight", () -> fixture.cancel(-1));
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.events.ofType(JoinCancelled.class)).isEmpty();
    }

    @Test
    void shouldCancelAJoinWhoseAgentHasNotConnected() {
        // given
        fixture.start();
        fixture.await(() -> fixture.script.effects().size() == 2);

        // when
        AbortResponse answer = fixture.abort();

        // then
        assertThat(answer.joinId()).isEqualTo(fixture.joinId());
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Cancelled);
    }

    @Test
    void shouldContinueIfTheCancelIsOlderThanTheRequest() {
        // given
        Refusal refusal = new Refusal();
        fixture.script.before("Host_Preflight", () -> refusal.of(() -> fixture.abort(-1L)));
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(refusal.text).contains("NOT_ABORTABLE", "newer than what is cancelled");
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldNotWaitForTokenQuotaAfterTheJoinIsStopped() {
        // given
        fixture.script.scriptNext("Token_Issue", _ -> {
            fixture.abort();
            throw Failures.of(FailureType.THROTTLED, new Problem(ErrorCode.TOKEN_QUOTA_EXCEEDED, "500 tokens"));
        });
        fixture.script.failAlways("Token_Issue", FailureType.THROTTLED, ErrorCode.TOKEN_QUOTA_EXCEEDED);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.residue()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void shouldCancelARequestThatIsNoNewerThanTheCancel(long secondsAfter) {
        // given
        fixture.script.before("Host_Preflight", () -> fixture.abort(secondsAfter));
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Cancelled);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldCompensateAfterACancellationByTemporal(String step) {
        // given
        fixture.script.before(step, this::cancelByTemporal);
        startBeforeTheOutcome(step);

        // when
        assertThatThrownBy(fixture::awaitResult).hasMessageContaining("cancelled");

        // then
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.detail()).isEqualTo("the workflow was cancelled"));
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldEndAsCancelledByTemporalHoweverTheRunningStepEnds(String step) {
        // given
        fixture.script.scriptNext(step, _ -> {
            cancelByTemporal();
            throw Failures.of(FailureType.FORBIDDEN, new Problem(ErrorCode.HOST_PREPARE_FAILED, "refused"));
        });
        startBeforeTheOutcome(step);

        // when
        assertThatThrownBy(fixture::awaitResult).hasMessageContaining("cancelled");

        // then
        assertThat(fixture.events.ofType(JoinCancelled.class)).hasSize(1);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    private void cancelByTemporal() {
        fixture.cancelByTemporal();
        awaitGivenUp();
    }

    private void awaitGivenUp() {
        fixture.await(() -> fixture.history().getEvents().stream()
                .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED));
    }

    @Test
    void shouldRejectTheAbortOfAJoinThatIsCompensated() {
        // given
        fixture.script.answer("Host_PrepareHost", FakeHost.failed(ErrorCode.HOST_PREPARE_FAILED, "swap stays on"));
        Refusal refusal = new Refusal();
        fixture.script.before("Host_ResetHost", () -> refusal.of(fixture::abort));
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(refusal.text).contains("NOT_ABORTABLE", "w1");
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.HOST_PREPARE_FAILED);
    }

    private static final class Refusal {
        private String text = "none";

        void of(Runnable abort) {
            try {
                abort.run();
            } catch (WorkflowUpdateException refused) {
                text = String.valueOf(refused.getCause());
            }
        }
    }
}
