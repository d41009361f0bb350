package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.node.NodeState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeRefusedTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @Test
    void shouldRemoveANodeThatNeverBecomesReady() {
        // given
        Problem blocker = new Problem(ErrorCode.NODE_NOT_READY, "NetworkPluginNotReady");
        bed.script.answer("Node_AwaitReady", new NodeState.Refused(blocker));
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NOT_READY);
        assertThat(bed.failure().detail()).contains("NetworkPluginNotReady");
        assertThat(bed.script.effects()).contains("Node_Remove");
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldFindAndRemoveANodeWhoseRegistrationWasNotSeen() {
        // given
        Problem late = new Problem(ErrorCode.NODE_NOT_REGISTERED, "no Node in 2 minutes");
        bed.script.next("Node_AwaitRegistered", honest -> {
            Object registered = honest.get();
            return registered instanceof NodeState.Registered ? new NodeState.Refused(late) : registered;
        });
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.NODE_NOT_REGISTERED);
        assertThat(bed.cluster.nodes).isEmpty();
    }

    @Test
    void shouldFindAndRemoveANodeThatAHostRegistersWhenItComesBackToBeReset() {
        // given
        bed.kubeletAsksAtOnce();
        Problem late = new Problem(ErrorCode.NODE_NOT_REGISTERED, "no Node in 2 minutes");
        bed.script.answer("Node_AwaitRegistered", new NodeState.Refused(late));
        bed.script.failTimes(3, "Host_ResetHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.script.before("Host_ResetHost", () -> bed.cluster.nodes.put(JoinBed.NODE.value(), "uid-late"));
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().residue()).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }

    @Test
    void shouldNotJoinANodeWhoseHostLacksTheApprovedKey() {
        // given
        bed.script.next("Host_StartKubelet", honest -> {
            Object bootstrapped = honest.get();
            return bootstrapped instanceof HostResult.KubeletBootstrapped
                    ? new HostResult.KubeletBootstrapped("00".repeat(32))
                    : bootstrapped;
        });
        bed.once().startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
        assertThat(bed.events.of(JoinSucceeded.class)).isEmpty();
        assertThat(bed.cluster.leftovers()).isEmpty();
    }
}
