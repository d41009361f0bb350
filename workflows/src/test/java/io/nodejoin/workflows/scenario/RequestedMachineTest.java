package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.temporal.client.WorkflowUpdateException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestedMachineTest {
    private static final String ENDORSEMENT_KEY = "sha256:" + "8a".repeat(32);

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "sha256:1111111111111111111111111111111111111111111111111111111111111111")
    void shouldRefuseTheRightSecretWithoutTheRightTpmAndStillJoinTheMachine(@Nullable String otherTpm) {
        // given
        fixture.withMachine(new RequestedMachine(ENDORSEMENT_KEY, null)).start();

        // when
        WorkflowUpdateException thief =
                catchThrowableOfType(WorkflowUpdateException.class, () -> enroll("key of the thief", otherTpm));

        // then
        assertThat(Failures.problemOf(thief).code()).isEqualTo(ErrorCode.ATTESTATION_REFUSED);
        enroll(WorkflowFixture.KEY, ENDORSEMENT_KEY);
        fixture.connect(WorkflowFixture.REPLICA);
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldNotTellOfTheTpmToWhoHasAnotherSecret() {
        // given
        fixture.withMachine(new RequestedMachine(ENDORSEMENT_KEY, null)).start();

        // when
        WorkflowUpdateException guesser = catchThrowableOfType(
                WorkflowUpdateException.class, () -> fixture.enroll("ee".repeat(32), WorkflowFixture.KEY));

        // then
        assertThat(Failures.problemOf(guesser).code()).isEqualTo(ErrorCode.ENROLLMENT_REFUSED);
    }

    @Test
    void shouldIgnoreATpmThatTheRequestDoesNotName() {
        // given
        fixture.start();

        // when
        enroll(WorkflowFixture.KEY, ENDORSEMENT_KEY);

        // then
        fixture.connect(WorkflowFixture.REPLICA);
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldFailOnAHostWithAnotherSystemUuid() {
        // given
        fixture.withMachine(new RequestedMachine(null, "4c4c4544-0042-3510-8051-b4c04f4d3132"))
                .start();

        // when
        fixture.connectAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Failed);
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.MACHINE_MISMATCH);
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldJoinTheHostWithTheSystemUuidInAnyCase() {
        // given
        fixture.withMachine(new RequestedMachine(null, "SYSTEM-1")).start();

        // when
        fixture.connectAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
    }

    private EnrollmentBinding enroll(String key, @Nullable String endorsementKey) {
        return fixture.workflow()
                .enroll(new EnrollmentProof(WorkflowFixture.SECRET_DIGEST, key, null, null, endorsementKey));
    }
}
