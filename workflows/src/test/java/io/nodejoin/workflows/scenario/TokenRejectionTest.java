package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.token.SpentToken;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What follows a join whose token is deleted: the proof that the API server rejects it. */
class TokenRejectionTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldRecordWhenTheTokenWasRejected() {
        // given
        rejectTokenAfter(Duration.ofSeconds(11));

        // when
        fixture.startWithAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.spentTokens)
                .singleElement()
                .satisfies(spent -> assertThat(secondsToRejection(spent)).isBetween(11L, 15L));
        assertThat(fixture.events.ofType(JoinRevocationUnverified.class)).isEmpty();
    }

    @Test
    void shouldReportARejectionThatIsLateAndRecordItAllTheSame() {
        // given
        rejectTokenAfter(Duration.ofSeconds(45));

        // when
        fixture.startWithAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.spentTokens)
                .singleElement()
                .satisfies(spent -> assertThat(secondsToRejection(spent)).isBetween(45L, 50L));
        assertThat(fixture.events.ofType(JoinRevocationUnverified.class)).hasSize(1);
    }

    @Test
    void shouldReportARejectionThatIsNeverSeen() {
        // given
        rejectTokenAfter(StepOptions.TOKEN_REFUSED_TIMEOUT.multipliedBy(2));

        // when
        fixture.startWithAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.spentTokens).singleElement().satisfies(spent -> {
            assertThat(spent.rejectedAt()).isNull();
            assertThat(fixture.events.ofType(JoinRevocationUnverified.class))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(event.joinId()).isEqualTo(fixture.joinId());
                        assertThat(event.tokenId()).isEqualTo(spent.token().tokenId());
                        assertThat(event.revokedAt()).isEqualTo(spent.revokedAt());
                    });
        });
    }

    @Test
    void shouldSettleAllTheSameIfTemporalCancelsTheWorkflowAfterItsOutcome() {
        // given
        rejectTokenAfter(Duration.ofSeconds(25));
        fixture.startWithAgent();
        fixture.await(() -> !fixture.events.ofType(JoinSucceeded.class).isEmpty());

        // when
        fixture.cancelByTemporal();

        // then
        assertThatThrownBy(fixture::awaitResult).hasMessageContaining("cancelled");
        assertThat(fixture.workflow().progress().phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.cluster.spentTokens)
                .singleElement()
                .satisfies(spent -> assertThat(secondsToRejection(spent)).isBetween(25L, 30L));
        assertThat(fixture.events.ofType(JoinCancelled.class)).isEmpty();
    }

    @Test
    void shouldReportTheRequestBehindAJoinedOneAsCancelledIfTemporalCancelsTheWorkflow() {
        // given
        rejectTokenAfter(Duration.ofSeconds(25));
        fixture.startWithAgent();
        fixture.await(() -> !fixture.events.ofType(JoinSucceeded.class).isEmpty());

        // when
        fixture.cancelByTemporal();
        fixture.sleep(Duration.ofSeconds(1));
        fixture.signalRequest("event-2", 1);

        // then
        assertThatThrownBy(fixture::awaitResult).hasMessageContaining("cancelled");
        assertThat(fixture.events.ofType(JoinCancelled.class))
                .extracting(JoinCancelled::joinId)
                .containsExactly(fixture.joinId("event-2"));
    }

    /** Lets the host see the rejection this long after the token is deleted. */
    private void rejectTokenAfter(Duration delay) {
        fixture.script.scriptNext("Host_StartKubelet", honest -> {
            Object bootstrapped = honest.get();
            fixture.sleep(delay);
            return bootstrapped;
        });
    }

    private static long secondsToRejection(SpentToken spent) {
        assertThat(spent.revokedAt()).isNotNull();
        assertThat(spent.rejectedAt()).isNotNull();
        return Duration.between(spent.revokedAt(), spent.rejectedAt()).toSeconds();
    }
}
