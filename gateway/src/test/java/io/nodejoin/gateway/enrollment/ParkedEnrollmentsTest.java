package io.nodejoin.gateway.enrollment;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.temporal.JoinWorkflows.EnrollmentDecision;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.NodeRef;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ParkedEnrollmentsTest {
    private static final NodeRef NODE = Samples.WORKER_A.node();
    private static final String DIGEST = "0f".repeat(32);
    private static final JoinRequest REQUEST = Samples.joinRequest(Samples.WORKER_A, DIGEST);

    private final ParkedEnrollments enrollments = new ParkedEnrollments(Samples.unlimited());

    @Test
    void shouldHandOverTheFirstKeyAndLetTheSecondAskTheJoin() throws InterruptedException {
        // given
        ParkedEnrollments.Parked first = enrollments.park(NODE, proof(DIGEST, "a"), 1);
        ParkedEnrollments.Parked second = enrollments.park(NODE, proof(DIGEST, "b"), 2);

        // when
        EnrollmentProof offered = enrollments.findProof(REQUEST).orElseThrow();
        enrollments.bound(REQUEST, offered, "run-1");
        enrollments.joinStarted(NODE);

        // then
        assertThat(offered).isEqualTo(proof(DIGEST, "a"));
        assertThat(first.await()).contains(new EnrollmentDecision.Bound(REQUEST.joinId(), "run-1"));
        assertThat(second.await()).isEmpty();
    }

    @Test
    void shouldHandOverTheNewestProofOfTheFirstKeyHoweverOftenAnOlderOneIsParked() {
        // given
        EnrollmentProof newest =
                new EnrollmentProof(DIGEST, "a", null, new AgentConnection("queue", new UUID(1, 2), null), null);
        enrollments.park(NODE, newest, 3);
        enrollments.park(NODE, proof(DIGEST, "b"), 2);
        enrollments.park(NODE, proof(DIGEST, "a"), 1);

        // when
        Optional<EnrollmentProof> offered = enrollments.findProof(REQUEST);

        // then
        assertThat(offered).contains(newest);
    }

    @Test
    void shouldSkipAWrongSecret() {
        // given
        enrollments.park(NODE, proof("ee".repeat(32), "a"), 3);
        enrollments.park(NODE, proof(DIGEST, "b"), 4);

        // when
        Optional<EnrollmentProof> offered = enrollments.findProof(REQUEST);

        // then
        assertThat(offered).contains(proof(DIGEST, "b"));
    }

    @Test
    void shouldKeepAnEnrollmentWaitingWhoseJoinDoesNotStart() {
        // given
        enrollments.park(NODE, proof(DIGEST, "a"), 5);
        EnrollmentProof offered = enrollments.findProof(REQUEST).orElseThrow();

        // when
        Optional<EnrollmentProof> again = enrollments.findProof(REQUEST);

        // then
        assertThat(again).contains(offered);
    }

    @Test
    void shouldOfferNoProofOfAnEnrollmentThatHasEnded() {
        // given
        ParkedEnrollments.Parked ended = enrollments.park(NODE, proof(DIGEST, "a"), 6);

        // when
        enrollments.remove(NODE, ended);

        // then
        assertThat(enrollments.findProof(REQUEST)).isEmpty();
    }

    @Test
    void shouldNotAnswerAnotherEnrollmentInPlaceOfOneThatHasEnded() throws InterruptedException {
        // given
        ParkedEnrollments.Parked ended = enrollments.park(NODE, proof(DIGEST, "a"), 7);
        EnrollmentProof offered = enrollments.findProof(REQUEST).orElseThrow();
        enrollments.remove(NODE, ended);
        ParkedEnrollments.Parked other = enrollments.park(NODE, proof(DIGEST, "b"), 8);

        // when
        enrollments.bound(REQUEST, offered, "run-1");

        // then
        other.wake();
        assertThat(other.await()).isEmpty();
    }

    private static EnrollmentProof proof(String digest, String key) {
        return new EnrollmentProof(digest, key, null, null, null);
    }
}
