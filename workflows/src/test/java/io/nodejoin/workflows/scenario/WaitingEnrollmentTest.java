package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.temporal.StepOptions;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Joins whose start passes on the proof of an agent that waited for it. */
class WaitingEnrollmentTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldJoinWithoutAnUpdate() {
        // given
        EnrollmentProof waiting = fixture.proofThrough(WorkflowFixture.REPLICA, WorkflowFixture.SECRET_DIGEST);

        // when
        fixture.startWith(waiting);

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.history().getEvents())
                .noneMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
    }

    @Test
    void shouldRefuseAnotherKey() {
        // given
        fixture.startWith(fixture.proofThrough(WorkflowFixture.REPLICA, WorkflowFixture.SECRET_DIGEST));

        // when
        var refused = catchThrowableOfType(
                WorkflowUpdateException.class, () -> fixture.enroll(WorkflowFixture.SECRET_DIGEST, "another-key"));

        // then
        assertThat(Failures.problemOf(refused)).isEqualTo(Enrollment.REFUSED);
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldBindTheSameKeyAgain() {
        // given
        fixture.startWith(fixture.proofThrough("replica-that-is-gone", WorkflowFixture.SECRET_DIGEST));

        // when
        EnrollmentBinding again = fixture.enrollThrough(WorkflowFixture.REPLICA);

        // then
        assertThat(again.joinId()).isEqualTo(fixture.joinId());
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldIgnoreAWrongSecretAndBindTheNextKey() {
        // given
        fixture.startWith(fixture.proofThrough(WorkflowFixture.REPLICA, "ee".repeat(32)));

        // when
        EnrollmentBinding honest = fixture.enrollThrough(WorkflowFixture.REPLICA);

        // then
        assertThat(honest.joinId()).isEqualTo(fixture.joinId());
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldJoinHoweverLongItsAgentWaitsForItsTurn() {
        // given
        fixture.start();
        Duration waited = Duration.ZERO;
        while (waited.compareTo(WorkflowFixture.DEADLINE.multipliedBy(2)) < 0) {
            fixture.sleep(Duration.ofMinutes(2));
            fixture.workflow().waitsForTurn();
            waited = waited.plusMinutes(2);
        }

        // when
        fixture.connectAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldGiveUpAnAgentThatHasStoppedWaiting() {
        // given
        fixture.start().sleep(Duration.ofMinutes(2));

        // when
        fixture.workflow().waitsForTurn();

        // then
        assertThat(fixture.awaitResult().problem()).extracting(Problem::code).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(fixture.duration())
                .isBetween(
                        StepOptions.AGENT_CONNECT_TIMEOUT.plusMinutes(2),
                        StepOptions.AGENT_CONNECT_TIMEOUT.plusMinutes(2).plusSeconds(1));
    }

    @Test
    void shouldNotWaitForATurnWithoutEnd() {
        // given
        fixture.start();

        // when
        int waits = 0;
        while (fixture.events.ofType(JoinFailed.class).isEmpty() && waits < 100) {
            fixture.workflow().waitsForTurn();
            fixture.sleep(Duration.ofMinutes(2));
            waits++;
        }

        // then
        assertThat(waits).isLessThan(100);
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
    }
}
