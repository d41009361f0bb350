package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EnrollTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldGiveTheSameKeyTheSameAnswerAgain() {
        // given
        bed.start();
        EnrollmentDecision first = bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);

        // when
        EnrollmentDecision second = bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);

        // then
        assertThat(first).isInstanceOf(EnrollmentDecision.Bound.class);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void shouldRefuseAnotherKeyAndJoinWithTheFirst() {
        // given
        bed.startWithAgent();

        // when
        EnrollmentDecision thief = bed.enroll(JoinBed.SECRET_DIGEST, "another-key");

        // then
        assertThat(thief)
                .isInstanceOfSatisfying(
                        EnrollmentDecision.Refused.class,
                        refused -> assertThat(refused.problem().code()).isEqualTo(ErrorCode.ENROLLMENT_REFUSED));
        assertThat(bed.end().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldRefuseAWrongSecretWithoutHarmToTheJoin() {
        // given
        bed.start();

        // when
        EnrollmentDecision guess = bed.enroll("ee".repeat(32), JoinBed.KEY);

        // then
        assertThat(guess).isInstanceOf(EnrollmentDecision.Refused.class);
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
        EnrollmentDecision wrongSecret = bed.enroll("ee".repeat(32), JoinBed.KEY);

        // then
        assertThat(wrongSecret).isEqualTo(bed.enroll(JoinBed.SECRET_DIGEST, "another-key"));
    }

    @Test
    void shouldBindNoKeyOnceTheJoinIsGivenUp() {
        // given
        Enrollment enrollment = new Enrollment(bed.request());

        // when
        EnrollmentDecision late = enrollment.decide(new EnrollmentProof(JoinBed.SECRET_DIGEST, JoinBed.KEY), false);

        // then
        assertThat(late).isInstanceOf(EnrollmentDecision.Refused.class);
        assertThat(enrollment.publicKey()).isEmpty();
    }
}
