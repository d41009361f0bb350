package io.nodejoin.workflows.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.failure.v1.TimeoutFailureInfo;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinFailuresTest {
    private static final DataConverter CONVERTER = DefaultDataConverter.newDefaultInstance();
    private static final Problem AWAY = new Problem(ErrorCode.CLUSTER_UNAVAILABLE, "no connection");

    @Test
    void shouldReportTheStepThatTimedOutWithoutACause() {
        // when
        Problem problem = JoinFailures.problemOf(activity(timeout(null)));

        // then
        assertThat(problem)
                .isEqualTo(new Problem(ErrorCode.STEP_TIMED_OUT, "Token_Issue did not end within its time limit"));
    }

    @Test
    void shouldReportTheLastFailureOfAStepThatTimedOut() {
        // when
        Problem problem = JoinFailures.problemOf(activity(timeout(Failures.of(FailureType.UNAVAILABLE, AWAY))));

        // then
        assertThat(problem).isEqualTo(AWAY);
    }

    @Test
    void shouldTreatACancelledStepAsACancelledWorkflow() {
        // when
        Problem problem = JoinFailures.problemOf(activity(new CanceledFailure("cancelled")));

        // then
        assertThat(problem).isEqualTo(JoinFailures.WORKFLOW_CANCELLED);
    }

    /** As Temporal tells of it. */
    private static RuntimeException timeout(@Nullable Throwable lastTry) {
        Failure.Builder timeout = Failure.newBuilder()
                .setTimeoutFailureInfo(
                        TimeoutFailureInfo.newBuilder().setTimeoutType(TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE));
        if (lastTry != null) {
            timeout.setCause(CONVERTER.exceptionToFailure(lastTry));
        }
        return CONVERTER.failureToException(timeout.build());
    }

    private static ActivityFailure activity(Throwable cause) {
        return new ActivityFailure(
                "failed", 1, 2, "Token_Issue", "id", RetryState.RETRY_STATE_TIMEOUT, "worker", cause);
    }
}
