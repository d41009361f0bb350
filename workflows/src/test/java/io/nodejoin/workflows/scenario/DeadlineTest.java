package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeadlineTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldReportWhatTheJoinWaitedFor() {
        // given
        fixture.withDeadline(Duration.ofMinutes(2)).start();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(fixture.failure().detail()).contains("waited for the worker-agent to enroll and connect");
        assertThat(fixture.failure().retryAfter()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    @Test
    void shouldEndAStepThatIsRetriedAtTheDeadline() {
        // given
        fixture.script.loseAnswer("Token_Issue");
        fixture.script.failAlways("Token_Issue", FailureType.CONFLICT, ErrorCode.CLUSTER_INFO_SIGNATURE_MISSING);
        fixture.withDeadline(Duration.ofMinutes(2)).startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(fixture.failure().detail()).contains("the bootstrap token");
        assertThat(fixture.cluster.everIssued).hasSize(1);
        assertThat(fixture.cluster.leftovers()).containsExactly("ledger[token-1]");
    }

    @Test
    void shouldFailAnAdmittedRequestWhoseDeadlinePassedBeforeItStarted() {
        // given
        fixture.withDeadline(Duration.ofSeconds(-1)).start();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Failed);
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(fixture.failure().joinId()).isEqualTo(fixture.joinId());
        assertThat(fixture.failure().detail()).contains("before it began");
        assertThat(fixture.events.ofType(JoinAccepted.class)).hasSize(1);
        assertThat(fixture.script.effects()).isEmpty();
    }
}
