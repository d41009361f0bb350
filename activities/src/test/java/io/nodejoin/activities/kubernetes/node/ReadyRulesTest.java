package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ReadyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadyRulesTest {
    private static final Instant STARTED = Instant.parse("2026-11-25T10:00:00Z");
    private static final ReadyOrder ORDER = order(List.of());

    @Test
    void shouldBeReadyByAFreshHeartbeatOfTheRightMachine() {
        // when
        ReadyRules.Look look = ReadyRules.look(Optional.of(node("True", STARTED)), ORDER);

        // then
        assertThat(look).isEqualTo(new ReadyRules.Look.Ready(STARTED));
    }

    @Test
    void shouldNotTakeTheReadyOfAnEarlierKubelet() {
        // when
        ReadyRules.Look look = ReadyRules.look(Optional.of(node("True", STARTED.minusSeconds(61))), ORDER);

        // then
        assertThat(look).isInstanceOf(ReadyRules.Look.Blocked.class);
    }

    @Test
    void shouldNameTheConditionThatBlocks() {
        // when
        ReadyRules.Look look = ReadyRules.look(Optional.of(node("False", STARTED)), ORDER);

        // then
        assertThat(look).isEqualTo(new ReadyRules.Look.Blocked("Ready=False KubeletNotReady: no network plugin"));
    }

    @Test
    void shouldWaitForAReadyGate() {
        // when
        ReadyRules.Look look =
                ReadyRules.look(Optional.of(node("True", STARTED)), order(List.of("example.com/NetworkUp")));

        // then
        assertThat(look).isEqualTo(new ReadyRules.Look.Blocked("ready gate example.com/NetworkUp is not reported"));
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
        ReadyRules.Look look = ReadyRules.look(Optional.of(node), order(List.of("example.com/NetworkUp")));

        // then
        assertThat(look).isInstanceOf(ReadyRules.Look.Ready.class);
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
        ReadyRules.Look look = ReadyRules.look(Optional.of(node), ORDER);

        // then
        assertThat(codeOf(look)).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH);
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
        ReadyRules.Look look = ReadyRules.look(Optional.of(node), ORDER);

        // then
        assertThat(look).isEqualTo(new ReadyRules.Look.Blocked("the kubelet has not said which machine it runs on"));
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
        ReadyRules.Look look = ReadyRules.look(Optional.of(node), ORDER);

        // then
        assertThat(codeOf(look)).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH);
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
        ReadyRules.Look look = ReadyRules.look(Optional.of(node), ORDER);

        // then
        assertThat(codeOf(look)).isEqualTo(ErrorCode.NODE_UID_CHANGED);
    }

    @Test
    void shouldRefuseANodeThatIsGone() {
        // when
        ReadyRules.Look look = ReadyRules.look(Optional.empty(), ORDER);

        // then
        assertThat(codeOf(look)).isEqualTo(ErrorCode.NODE_UID_CHANGED);
    }

    private static ErrorCode codeOf(ReadyRules.Look look) {
        return ((ReadyRules.Look.Wrong) look).problem().code();
    }

    static ReadyOrder order(List<String> gates) {
        return new ReadyOrder(
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
