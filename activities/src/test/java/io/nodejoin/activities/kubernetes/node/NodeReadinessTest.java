package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ReadyRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeReadinessTest {
    private static final Instant STARTED = Instant.parse("2026-11-25T10:00:00Z");
    private static final ReadyRequest ORDER = order(List.of());

    @Test
    void shouldBeReadyByAFreshHeartbeatOfTheRightMachine() {
        // when
        NodeReadiness.Evaluation readiness = NodeReadiness.evaluate(Optional.of(node("True", STARTED)), ORDER);

        // then
        assertThat(readiness).isEqualTo(new NodeReadiness.Evaluation.Ready(STARTED));
    }

    @Test
    void shouldNotTakeTheReadyOfAnEarlierKubelet() {
        // when
        NodeReadiness.Evaluation readiness =
                NodeReadiness.evaluate(Optional.of(node("True", STARTED.minusSeconds(61))), ORDER);

        // then
        assertThat(readiness).isInstanceOf(NodeReadiness.Evaluation.NotReady.class);
    }

    @Test
    void shouldNameTheConditionThatBlocks() {
        // when
        NodeReadiness.Evaluation readiness = NodeReadiness.evaluate(Optional.of(node("False", STARTED)), ORDER);

        // then
        assertThat(readiness)
                .isEqualTo(new NodeReadiness.Evaluation.NotReady("Ready=False KubeletNotReady: no network plugin"));
    }

    @Test
    void shouldWaitForAReadyGate() {
        // when
        NodeReadiness.Evaluation readiness =
                NodeReadiness.evaluate(Optional.of(node("True", STARTED)), order(List.of("example.com/NetworkUp")));

        // then
        assertThat(readiness)
                .isEqualTo(new NodeReadiness.Evaluation.NotReady("ready gate example.com/NetworkUp is not reported"));
    }

    @Test
    void shouldTakeAMetReadyGate() {
        // given
        Node node = new NodeBuilder(node("True", STARTED))
                .editStatus()
                .addNewCondition()
                .withType("example.com/NetworkUp")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();

        // when
        NodeReadiness.Evaluation readiness =
                NodeReadiness.evaluate(Optional.of(node), order(List.of("example.com/NetworkUp")));

        // then
        assertThat(readiness).isInstanceOf(NodeReadiness.Evaluation.Ready.class);
    }

    @Test
    void shouldRefuseAnotherMachine() {
        // given
        Node node = new NodeBuilder(node("True", STARTED))
                .editStatus()
                .editNodeInfo()
                .withMachineID("another")
                .endNodeInfo()
                .endStatus()
                .build();

        // when
        NodeReadiness.Evaluation readiness = NodeReadiness.evaluate(Optional.of(node), ORDER);

        // then
        assertThat(codeOf(readiness)).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH);
    }

    @Test
    void shouldNotBeReadyBeforeTheMachineIsKnown() {
        // given
        Node node = new NodeBuilder(node("True", STARTED))
                .editStatus()
                .editNodeInfo()
                .withMachineID("")
                .endNodeInfo()
                .endStatus()
                .build();

        // when
        NodeReadiness.Evaluation readiness = NodeReadiness.evaluate(Optional.of(node), ORDER);

        // then
        assertThat(readiness)
                .isEqualTo(new NodeReadiness.Evaluation.NotReady("the kubelet has not said which machine it runs on"));
    }

    @Test
    void shouldRefuseAnotherSystem() {
        // given
        Node node = new NodeBuilder(node("True", STARTED))
                .editStatus()
                .editNodeInfo()
                .withSystemUUID("another")
                .endNodeInfo()
                .endStatus()
                .build();

        // when
        NodeReadiness.Evaluation readiness = NodeReadiness.evaluate(Optional.of(node), ORDER);

        // then
        assertThat(codeOf(readiness)).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH);
    }

    @Test
    void shouldRefuseANodeOfAnotherUid() {
        // given
        Node node = new NodeBuilder(node("True", STARTED))
                .editMetadata()
                .withUid("another")
                .endMetadata()
                .build();

        // when
        NodeReadiness.Evaluation readiness = NodeReadiness.evaluate(Optional.of(node), ORDER);

        // then
        assertThat(codeOf(readiness)).isEqualTo(ErrorCode.NODE_UID_CHANGED);
    }

    @Test
    void shouldRefuseANodeThatIsGone() {
        // when
        NodeReadiness.Evaluation readiness = NodeReadiness.evaluate(Optional.empty(), ORDER);

        // then
        assertThat(codeOf(readiness)).isEqualTo(ErrorCode.NODE_UID_CHANGED);
    }

    private static ErrorCode codeOf(NodeReadiness.Evaluation readiness) {
        return ((NodeReadiness.Evaluation.Mismatch) readiness).problem().code();
    }

    static ReadyRequest order(List<String> gates) {
        return new ReadyRequest(
                new NodeIdentity(new NodeRef(new ClusterName("c"), new NodeName("worker-1")), "uid-1"),
                STARTED,
                "machine-1",
                "SYSTEM-1",
                Map.of(),
                List.of(),
                gates,
                STARTED.plusSeconds(300));
    }

    static Node node(String ready, Instant heartbeat) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("worker-1")
                .withUid("uid-1")
                .withResourceVersion("7")
                .endMetadata()
                .withNewStatus()
                .withNewNodeInfo()
                .withMachineID("machine-1")
                .withSystemUUID("system-1")
                .endNodeInfo()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .withReason("KubeletNotReady")
                .withMessage("no network plugin")
                .withLastHeartbeatTime(heartbeat.toString())
                .withLastTransitionTime(heartbeat.toString())
                .endCondition()
                .endStatus()
                .build();
    }
}
