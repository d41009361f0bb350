package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowUpdateException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EnrollmentTest {
    private static final int GUESSES = 10;

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldReturnTheSameResponseForTheSameKey() {
        // given
        fixture.start();
        EnrollmentBinding first = fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);

        // when
        EnrollmentBinding second = fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);

        // then
        assertThat(second).isEqualTo(first);
        assertThat(second.publicKey()).isEqualTo(WorkflowFixture.KEY);
    }

    @Test
    void shouldRejectAnotherKeyAndJoinWithTheFirst() {
        // given
        fixture.start();
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);

        // when
        Problem thief = refusal(WorkflowFixture.SECRET_DIGEST, "another-key");

        // then
        assertThat(thief).isEqualTo(Enrollment.REFUSED);
        fixture.connect(WorkflowFixture.REPLICA);
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldRejectAWrongSecretWithoutEffectOnTheJoin() {
        // given
        fixture.start();

        // when
        Problem guess = refusal("ee".repeat(32), WorkflowFixture.KEY);

        // then
        assertThat(guess).isEqualTo(Enrollment.REFUSED);
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);
        fixture.connect(WorkflowFixture.REPLICA);
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldTellTheGatewayWhichSecretIsRight() {
        // when
        fixture.start();

        // then
        assertThat(fixture.memo(MemoKeys.ENROLLMENT)).isEqualTo(WorkflowFixture.SECRET_DIGEST);
    }

    @Test
    void shouldRefuseAWrongSecretAndASecondKeyWithTheSameResponse() {
        // given
        fixture.start();
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);

        // when
        Problem wrongSecret = refusal("ee".repeat(32), WorkflowFixture.KEY);

        // then
        assertThat(wrongSecret).isEqualTo(refusal(WorkflowFixture.SECRET_DIGEST, "another-key"));
    }

    @Test
    void shouldNotRecordARejectedSecretInTheHistory() {
        // given
        fixture.start();
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);

        // when
        IntStream.range(0, GUESSES).forEach(_ -> refusal("ee".repeat(32), "another-key"));

        // then
        fixture.connect(WorkflowFixture.REPLICA);
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.history().getEvents())
                .filteredOn(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
                .hasSize(1);
    }

    @Test
    void shouldBindNoKeyOnceTheJoinIsAborted() {
        // given
        Enrollment enrollment = new Enrollment(fixture.request());

        // when
        boolean late = enrollment.accepts(
                new EnrollmentProof(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY, null, null, null), false);

        // then
        assertThat(late).isFalse();
        assertThat(enrollment.publicKey()).isEmpty();
    }

    @Test
    void shouldSendTheFirstCommandThroughTheReplicaThatAnswersTheEnrollment() {
        // given
        fixture.start();

        // when
        fixture.enrollThrough(WorkflowFixture.REPLICA);

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.history().getEvents())
                .noneMatch(event -> "agentConnected"
                        .equals(event.getWorkflowExecutionSignaledEventAttributes()
                                .getSignalName()));
    }

    @Test
    void shouldSendCommandsThroughTheReplicaOfTheNewestEnrollment() {
        // given
        fixture.start();
        fixture.enrollThrough("replica-that-is-gone");

        // when
        fixture.enrollThrough(WorkflowFixture.REPLICA);

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldReturnTheRunThatHasReceivedTheConnection() {
        // given
        fixture.start();

        // when
        EnrollmentBinding binding = fixture.enrollThrough(WorkflowFixture.REPLICA);

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(binding.run())
                .isEqualTo(fixture.history()
                        .getEvents()
                        .getFirst()
                        .getWorkflowExecutionStartedEventAttributes()
                        .getOriginalExecutionRunId());
    }

    private Problem refusal(String secretDigest, String key) {
        return Failures.problemOf(
                catchThrowableOfType(WorkflowUpdateException.class, () -> fixture.enroll(secretDigest, key)));
    }
}
