package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.node.NameState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NameTakenTest {
    private static final NameState.PodsLeft PODS = new NameState.PodsLeft("pods are bound to the name w1");

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

    @Test
    void shouldWaitForThePodsOfANodeThatIsGone() {
        // given
        bed.script.next("Node_Inspect", _ -> PODS);
        bed.script.next("Node_Inspect", _ -> PODS);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldFailIfPodsStayOnTheNameOfANodeThatIsGone() {
        // given
        bed.script.answerAlways("Node_Inspect", PODS);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(bed.failure().detail()).isEqualTo(PODS.detail());
        assertThat(bed.took()).isGreaterThanOrEqualTo(JoinOptions.OLD_NODE_GONE);
        assertThat(bed.host.received).isEmpty();
    }
}
