package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.node.NodeState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ExtendDeadlineTest {
    private static final NodeState NOT_READY =
            new NodeState.Failed(new Problem(ErrorCode.NODE_NOT_READY, "blocked by: the network plugin"));

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    private ExtendedDeadline extendTo(Instant deadline) {
        return fixture.workflow().extendDeadline(new DeadlineExtension(deadline, "a test"));
    }

    private Instant deadline() {
        return fixture.workflow().progress().deadline();
    }

    @Test
    void shouldWaitForTheAgentUntilTheLaterDeadline() {
        // given
        fixture.withDeadline(Duration.ofMinutes(2)).start();
        Instant later = fixture.now().plus(Duration.ofMinutes(10));

        // when
        ExtendedDeadline answer = extendTo(later);
        fixture.sleep(Duration.ofMinutes(3));
        fixture.connectAgent();

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(answer).isEqualTo(new ExtendedDeadline(fixture.joinId(), later));
        assertThat(deadline()).isEqualTo(later);
    }

    @Test
    void shouldFailAtTheLaterDeadline() {
        // given
        fixture.withDeadline(Duration.ofMinutes(2)).start();
        Instant later = fixture.now().plus(Duration.ofMinutes(3));

        // when
        extendTo(later);
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.JOIN_DEADLINE_EXCEEDED);
        assertThat(fixture.failure().detail()).contains(later.toString());
        assertThat(fixture.duration()).isGreaterThanOrEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void shouldWaitForReadyOnceMoreIfItWasExtendedMeanwhile() {
        // given
        fixture.script.scriptNext("Node_AwaitReady", _ -> {
            extendTo(deadline().plus(Duration.ofMinutes(30)));
            return NOT_READY;
        });
        fixture.startWithAgent();

        // when
        Phase end = fixture.awaitResult().phase();

        // then
        assertThat(end).isEqualTo(Phase.Joined);
        assertThat(fixture.script.effects())
                .filteredOn("Node_AwaitReady"::equals)
                .hasSize(2);
    }

    @Test
    void shouldFailIfTheNodeIsNotReadyInTime() {
        // given
        fixture.script.answer("Node_AwaitReady", NOT_READY);
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NOT_READY);
    }

    @Test
    void shouldRejectADeadlineThatIsNotLater() {
        // given
        fixture.start();
        Instant deadline = deadline();

        // when
        Throwable same = catchThrowable(() -> extendTo(deadline));
        Throwable tooFar = catchThrowable(() -> extendTo(fixture.now().plus(Duration.ofHours(25))));

        // then
        assertThat(same).hasStackTraceContaining("DEADLINE_NOT_EXTENDABLE");
        assertThat(tooFar).hasStackTraceContaining("at most");
        assertThat(deadline()).isEqualTo(deadline);
    }

    @Test
    void shouldRejectTheExtensionOfAJoinThatIsCompensated() {
        // given
        fixture.script.before(
                "Token_DeleteSecret",
                () -> assertThatThrownBy(() -> extendTo(deadline().plus(Duration.ofMinutes(1))))
                        .hasStackTraceContaining("is already Compensating"));
        fixture.script.before("Node_AwaitReady", fixture::abort);
        fixture.startWithAgent();

        // when
        Phase end = fixture.awaitResult().phase();

        // then
        assertThat(end).isEqualTo(Phase.Cancelled);
    }
}
