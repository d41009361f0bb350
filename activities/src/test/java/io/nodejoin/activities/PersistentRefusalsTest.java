package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PersistentRefusalsTest {
    private final TemporalFailure refused =
            Failures.of(FailureType.FORBIDDEN, new Problem(ErrorCode.CLUSTER_AUTH_FAILED, "403"));
    private final TemporalFailure away =
            Failures.of(FailureType.UNAVAILABLE, new Problem(ErrorCode.CLUSTER_UNAVAILABLE, "away"));

    private Instant now = Instant.EPOCH;
    private final PersistentRefusals refusals = new PersistentRefusals(() -> now);

    @ParameterizedTest
    @EnumSource(names = {"CLUSTER_AUTH_FAILED", "CLUSTER_NOT_PREPARED"})
    void shouldTryAgainWhatAServerHasJustBegunToRefuse(ErrorCode code) {
        // given
        Problem problem = new Problem(code, "not allowed");

        // when
        TemporalFailure judged = refusals.retryUntilPersistent("run/1", Failures.of(FailureType.FORBIDDEN, problem));

        // then
        assertThat(Failures.typeOf(judged)).contains(FailureType.UNAVAILABLE);
        assertThat(Failures.problemOf(judged)).isEqualTo(problem);
    }

    @Test
    void shouldBelieveARefusalThatLasts() {
        // given
        assertThat(refusals.retryUntilPersistent("run/1", refused)).isNotSameAs(refused);

        // when
        pass(PersistentRefusals.PERSISTENT_AFTER);

        // then
        assertThat(refusals.retryUntilPersistent("run/1", refused)).isSameAs(refused);
    }

    @Test
    void shouldBeginAnewAfterAnotherFailure() {
        // given
        assertThat(refusals.retryUntilPersistent("run/1", refused)).isNotSameAs(refused);
        pass(PersistentRefusals.PERSISTENT_AFTER);

        // when
        TemporalFailure other = refusals.retryUntilPersistent("run/1", away);

        // then
        assertThat(other).isSameAs(away);
        assertThat(refusals.retryUntilPersistent("run/1", refused)).isNotSameAs(refused);
    }

    @Test
    void shouldJudgeEachActivityByItself() {
        // given
        assertThat(refusals.retryUntilPersistent("run/1", refused)).isNotSameAs(refused);

        // when
        pass(PersistentRefusals.PERSISTENT_AFTER);

        // then
        assertThat(refusals.retryUntilPersistent("run/2", refused)).isNotSameAs(refused);
    }

    @Test
    void shouldLeaveARefusalThatIsNotAboutRightsAsItIs() {
        // given
        TemporalFailure untrusted =
                Failures.of(FailureType.FORBIDDEN, new Problem(ErrorCode.CA_PIN_MISMATCH, "another CA"));

        // when
        TemporalFailure judged = refusals.retryUntilPersistent("run/1", untrusted);

        // then
        assertThat(judged).isSameAs(untrusted);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
