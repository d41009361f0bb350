package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.temporal.StepOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NameTakenTest {
    private static final NameAvailability.PodsRemaining PODS =
            new NameAvailability.PodsRemaining("pods are bound to the name w1");

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldFailWithoutTouchingTheHost() {
        // given
        fixture.script.answer("Node_CheckName", new NameAvailability.Taken("node w1 exists since yesterday"));
        fixture.start();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.failure().detail()).isEqualTo("node w1 exists since yesterday");
        assertThat(fixture.failure().replaceHost()).isFalse();
        assertThat(fixture.host.received).isEmpty();
    }

    @Test
    void shouldNotWaitForTheAgent() {
        // given
        fixture.script.answer("Node_CheckName", new NameAvailability.Taken("node w1 exists since yesterday"));
        fixture.start();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.duration()).isLessThan(StepOptions.AGENT_CONNECT_TIMEOUT);
    }

    @Test
    void shouldWaitForThePodsOfADeletedNode() {
        // given
        fixture.script.scriptNext("Node_CheckName", _ -> PODS);
        fixture.script.scriptNext("Node_CheckName", _ -> PODS);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldFailIfPodsOfADeletedNodeRemain() {
        // given
        fixture.script.answerAlways("Node_CheckName", PODS);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(fixture.failure().detail()).isEqualTo(PODS.detail());
        assertThat(fixture.duration()).isGreaterThanOrEqualTo(StepOptions.FREE_NAME_TIMEOUT);
        assertThat(fixture.host.received).isEmpty();
    }
}
