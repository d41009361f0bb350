package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ManagedNodeTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final NodeRef REF = new NodeRef(new ClusterName("kraken"), new NodeName("w1"));
    private static final String ENROLLMENT = "0f".repeat(32);
    private static final NameCheckRequest ORDER = new NameCheckRequest(
            REF, JoinId.of("t", "check"), ENROLLMENT, "fleet://w1", Map.of("pool", "a"), List.of("Storage"));
    private static final JoinedNode KNOWN = new JoinedNode(
            new NodeIdentity(REF, "uid-1"), JoinId.of("test", "1"), ENROLLMENT, "key", "machine-1", "system-1", null);
    private static final JoinedNodeStore.Entry NOTE = new JoinedNodeStore.Entry(KNOWN, null);
    private static final Optional<Instant> RENEWED = Optional.of(NOW.minusSeconds(9));

    @Test
    void shouldKnowTheReadyNodeOfThisEnrollment() {
        // when
        NameAvailability state = ManagedNode.inspect(node(builder -> builder), Optional.of(NOTE), ORDER, RENEWED, NOW);

        // then
        assertThat(state).isEqualTo(new NameAvailability.AlreadyJoined("uid-1"));
    }

    static Stream<Arguments> strangers() {
        JoinedNode ofAnotherNode = new JoinedNode(
                new NodeIdentity(REF, "uid-0"), KNOWN.joinId(), ENROLLMENT, "key", "machine-1", "system-1", null);
        JoinedNode ofAnotherSecret =
                new JoinedNode(KNOWN.identity(), KNOWN.joinId(), "aa".repeat(32), "key", "machine-1", "system-1", null);
        return Stream.of(
                Arguments.of("nothing is noted", Optional.empty()),
                Arguments.of(
                        "an earlier Node of the name is noted",
                        Optional.of(new JoinedNodeStore.Entry(ofAnotherNode, null))),
                Arguments.of(
                        "another enrollment made it", Optional.of(new JoinedNodeStore.Entry(ofAnotherSecret, null))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void shouldTellStrangersTheSameWhateverIsNoted(String why, Optional<JoinedNodeStore.Entry> noted) {
        // when
        NameAvailability state = ManagedNode.inspect(node(builder -> builder), noted, ORDER, RENEWED, NOW);

        // then
        assertThat(state).as(why).isEqualTo(new NameAvailability.Taken("a Node named w1 exists"));
    }

    static Stream<Arguments> unfit() {
        return Stream.of(
                Arguments.of("label pool", (UnaryOperator<NodeBuilder>)
                        node -> node.editMetadata().addToLabels("pool", "b").endMetadata()),
                Arguments.of("providerID", (UnaryOperator<NodeBuilder>)
                        node -> node.editSpec().withProviderID("fleet://w2").endSpec()),
                Arguments.of("machineID", (UnaryOperator<NodeBuilder>) node -> node.editStatus()
                        .editNodeInfo()
                        .withMachineID("machine-2")
                        .endNodeInfo()
                        .endStatus()),
                Arguments.of("systemUUID", (UnaryOperator<NodeBuilder>) node -> node.editStatus()
                        .editNodeInfo()
                        .withSystemUUID("system-2")
                        .endNodeInfo()
                        .endStatus()),
                Arguments.of("not Ready: Ready=Unknown", (UnaryOperator<NodeBuilder>) node -> node.editStatus()
                        .editFirstCondition()
                        .withStatus("Unknown")
                        .endCondition()
                        .endStatus()),
                Arguments.of("heartbeat", (UnaryOperator<NodeBuilder>) node -> node.editStatus()
                        .editFirstCondition()
                        .withLastHeartbeatTime(NOW.minusSeconds(600).toString())
                        .endCondition()
                        .endStatus()),
                Arguments.of("ready gate Storage", (UnaryOperator<NodeBuilder>) node -> node.editStatus()
                        .removeMatchingFromConditions(gate -> "Storage".equals(gate.getType()))
                        .endStatus()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unfit")
    void shouldSayWhatKeepsItsNodeFromBeingTheResult(String why, UnaryOperator<NodeBuilder> change) {
        // when
        NameAvailability state = ManagedNode.inspect(node(change), Optional.of(NOTE), ORDER, RENEWED, NOW);

        // then
        assertThat(state)
                .isInstanceOfSatisfying(
                        NameAvailability.Taken.class,
                        taken -> assertThat(taken.detail()).contains("of this enrollment", why));
    }

    @Test
    void shouldNotBelieveAReadyWhoseHostAJoinHasReset() {
        // given
        JoinId rejoin = JoinId.of("test", "2");

        // when
        NameAvailability state = ManagedNode.inspect(
                node(builder -> builder), Optional.of(new JoinedNodeStore.Entry(KNOWN, rejoin)), ORDER, RENEWED, NOW);

        // then
        assertThat(state)
                .isInstanceOfSatisfying(
                        NameAvailability.Taken.class,
                        taken -> assertThat(taken.detail()).contains("of this enrollment", "join " + rejoin));
    }

    @Test
    void shouldNotBelieveAReadyWhoseKubeletIsSilent() {
        // when
        NameAvailability state = ManagedNode.inspect(
                node(builder -> builder), Optional.of(NOTE), ORDER, Optional.of(NOW.minusSeconds(101)), NOW);

        // then
        assertThat(state)
                .isInstanceOfSatisfying(
                        NameAvailability.Taken.class,
                        taken -> assertThat(taken.detail()).contains("not renewed its Lease"));
    }

    @Test
    void shouldTakeEitherOfTheTwoNamesOfAMachineForIt() {
        // given
        Node node = node(builder -> builder);

        // then
        assertThat(ManagedNode.isOnMachine(node, "MACHINE-1", null)).isTrue();
        assertThat(ManagedNode.isOnMachine(node, "a-new-disk", "SYSTEM-1")).isTrue();
        assertThat(ManagedNode.isOnMachine(node, "a-new-disk", null)).isFalse();
        assertThat(ManagedNode.isOnMachine(node, "machine-2", "system-2")).isFalse();
    }

    private static Node node(UnaryOperator<NodeBuilder> change) {
        NodeBuilder node = new NodeBuilder()
                .withNewMetadata()
                .withName("w1")
                .withUid("uid-1")
                .addToLabels("pool", "a")
                .endMetadata()
                .withNewSpec()
                .withProviderID("fleet://w1")
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withReason("KubeletReady")
                .withLastHeartbeatTime(NOW.minusSeconds(290).toString())
                .withLastTransitionTime(NOW.minusSeconds(900).toString())
                .endCondition()
                .addNewCondition()
                .withType("Storage")
                .withStatus("True")
                .endCondition()
                .withNewNodeInfo()
                .withMachineID("machine-1")
                .withSystemUUID("system-1")
                .endNodeInfo()
                .endStatus();
        return change.apply(node).build();
    }
}
