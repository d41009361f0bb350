package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.node.NameState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NameTakenTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldFailWithoutTouchingTheHost() {
        // given
        bed.script.answer("Node_Inspect", new NameState.Taken("node w1 exists since yesterday"));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(bed.failure().detail()).isEqualTo("node w1 exists since yesterday");
        assertThat(bed.failure().replaceHost()).isFalse();
        assertThat(bed.host.received).isEmpty();
    }

    @Test
    void shouldNotWaitForTheAgent() {
        // given
        bed.script.answer("Node_Inspect", new NameState.Taken("node w1 exists since yesterday"));
        bed.start();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(bed.took()).isLessThan(JoinOptions.AGENT_CONNECTS);
    }
}
