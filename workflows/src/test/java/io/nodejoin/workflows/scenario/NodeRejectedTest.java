package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.node.NodeState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeRejectedTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldDeleteANodeThatNeverBecomesReady() {
        // given
        Problem blocker = new Problem(ErrorCode.NODE_NOT_READY, "NetworkPluginNotReady");
        fixture.script.answer("Node_AwaitReady", new NodeState.Failed(blocker));
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NOT_READY);
        assertThat(fixture.failure().detail()).contains("NetworkPluginNotReady");
        assertThat(fixture.script.effects()).contains("Node_Delete");
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldDeleteANodeWhoseRegistrationWasNotObserved() {
        // given
        Problem late = new Problem(ErrorCode.NODE_NOT_REGISTERED, "no Node in 2 minutes");
        fixture.script.scriptNext("Node_AwaitRegistered", honest -> {
            Object registered = honest.get();
            return registered instanceof NodeState.Registered ? new NodeState.Failed(late) : registered;
        });
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.NODE_NOT_REGISTERED);
        assertThat(fixture.cluster.nodes).isEmpty();
    }

    @Test
    void shouldDeleteANodeThatAReconnectedHostRegistersBeforeItsReset() {
        // given
        fixture.requestCertificateAtOnce();
        Problem late = new Problem(ErrorCode.NODE_NOT_REGISTERED, "no Node in 2 minutes");
        fixture.script.answer("Node_AwaitRegistered", new NodeState.Failed(late));
        fixture.script.failTimes(3, "Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.script.before(
                "Host_ResetHost", () -> fixture.cluster.nodes.put(WorkflowFixture.NODE.value(), "uid-late"));
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().residue()).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldFailIfTheHostLacksTheApprovedKey() {
        // given
        fixture.script.scriptNext("Host_StartKubelet", honest -> {
            Object bootstrapped = honest.get();
            return bootstrapped instanceof HostResult.KubeletBootstrapped
                    ? new HostResult.KubeletBootstrapped("00".repeat(32))
                    : bootstrapped;
        });
        fixture.withKubeletBootstrap().withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
        assertThat(fixture.events.ofType(JoinSucceeded.class)).isEmpty();
        assertThat(fixture.cluster.leftovers()).isEmpty();
    }
}
