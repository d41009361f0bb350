package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowUpdateException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EnrollTest {
    private static final int GUESSES = 10;

    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldGiveTheSameKeyTheSameAnswerAgain() {
        // given
        bed.start();
        EnrollmentBinding first = bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);

        // when
        EnrollmentBinding second = bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);

        // then
        assertThat(second).isEqualTo(first);
    }

    @Test
    void shouldRefuseAnotherKeyAndJoinWithTheFirst() {
        // given
        bed.start();
        bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);

        // when
        Problem thief = refusal(JoinBed.SECRET_DIGEST, "another-key");

        // then
        assertThat(thief).isEqualTo(Enrollment.REFUSED);
        bed.connect(JoinBed.REPLICA);
        assertThat(bed.end().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldRefuseAWrongSecretWithoutHarmToTheJoin() {
        // given
        bed.start();

        // when
        Problem guess = refusal("ee".repeat(32), JoinBed.KEY);

        // then
        assertThat(guess).isEqualTo(Enrollment.REFUSED);
        bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);
        bed.connect(JoinBed.REPLICA);
        assertThat(bed.end().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldAnswerAWrongSecretAndASecondKeyAlike() {
        // given
        bed.start();
        bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);

        // when
        Problem wrongSecret = refusal("ee".repeat(32), JoinBed.KEY);

        // then
        assertThat(wrongSecret).isEqualTo(refusal(JoinBed.SECRET_DIGEST, "another-key"));
    }

    @Test
    void shouldRecordNoGuess() {
        // given
        bed.start();
        bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);

        // when
        IntStream.range(0, GUESSES).forEach(_ -> refusal("ee".repeat(32), "another-key"));

        // then
        bed.connect(JoinBed.REPLICA);
        assertThat(bed.end().phase()).isEqualTo(Phase.Joined);
        assertThat(bed.history().getEvents())
                .filteredOn(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
                .hasSize(1);
    }

    @Test
    void shouldBindNoKeyOnceTheJoinIsGivenUp() {
        // given
        Enrollment enrollment = new Enrollment(bed.request());

        // when
        boolean late = enrollment.accepts(new EnrollmentProof(JoinBed.SECRET_DIGEST, JoinBed.KEY), false);

        // then
        assertThat(late).isFalse();
        assertThat(enrollment.publicKey()).isEmpty();
    }

    private Problem refusal(String secretDigest, String key) {
        return Failures.problemOf(
                catchThrowableOfType(WorkflowUpdateException.class, () -> bed.enroll(secretDigest, key)));
    }
}
