package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.workflows.failure.FailureType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeadlineTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldNameWhatTheJoinWaitedFor() {
        // given
        bed.deadline(Duration.ofMinutes(2)).start();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(bed.failure().detail()).contains("waited for the worker-agent to enroll and connect");
        assertThat(bed.failure().retryAfter()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    @Test
    void shouldCutAStepThatIsTriedAgainAndAgain() {
        // given
        bed.script.failAlways("ClusterInfo_PublishSignature", FailureType.UNAVAILABLE, ErrorCode.JWS_TIMEOUT);
        bed.deadline(Duration.ofMinutes(2)).startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(bed.failure().detail()).contains("the bootstrap token");
        assertThat(bed.cluster.everIssued).hasSize(1);
        assertThat(bed.cluster.leftovers()).containsExactly("ledger[k3x9a0]");
    }

    @Test
    void shouldFailARequestThatWasAdmittedAndCouldNotBeginInTime() {
        // given
        bed.deadline(Duration.ofSeconds(-1)).start();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(bed.failure().joinId()).isEqualTo(bed.joinId());
        assertThat(bed.failure().detail()).contains("before it began");
        assertThat(bed.events.of(JoinAccepted.class)).hasSize(1);
        assertThat(bed.script.effects()).isEmpty();
    }
}
