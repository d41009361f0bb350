package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.JoinResult;
import org.junit.jupiter.api.Test;

class BindingStateTest {
    @Test
    void shouldFailWithoutAMachineAndBeCancelledByAnAbort() {
        // given
        Problem exhausted = new Problem(ErrorCode.POOL_EXHAUSTED, "the pool std has 1 machine: 1 bound");
        Problem aborted = new Problem(ErrorCode.CANCELLED_BY_REQUEST, "scaled in");

        // when
        JoinResult failed = new BindingState.NotBound(exhausted).result();
        JoinResult cancelled = new BindingState.NotBound(aborted).result();

        // then
        assertThat(failed).isEqualTo(new JoinResult(Phase.Failed, exhausted));
        assertThat(cancelled).isEqualTo(new JoinResult(Phase.Cancelled, aborted));
    }
}
