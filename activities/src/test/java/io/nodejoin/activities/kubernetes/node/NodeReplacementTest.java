package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.nodejoin.activities.kubernetes.node.NodeReplacement.Result;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.node.FreeNameRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A declared re-join of a machine that says of itself that it is the Node's. */
class NodeReplacementTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final Optional<Instant> ALIVE = Optional.of(NOW.minusSeconds(5));
    private static final Optional<Instant> SILENT = Optional.of(NOW.minusSeconds(61));
    private static final NodeRef REF = new NodeRef(new ClusterName("kraken"), new NodeName("w1"));
    private static final String MACHINE = "0f0f";
    private static final Optional<JoinedNode> RECORDED = Optional.of(new JoinedNode(
            new NodeIdentity(REF, "uid-1"), JoinId.of("test", "1"), "0f".repeat(32), "key", MACHINE, null, null));

    private static Node node(Map<String, String> labels) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("w1")
                .withUid("uid-1")
                .withLabels(labels)
                .endMetadata()
                .withNewStatus()
                .withNewNodeInfo()
                .withMachineID(MACHINE)
                .endNodeInfo()
                .endStatus()
                .build();
    }

    private static FreeNameRequest by(String key, String machine) {
        return new FreeNameRequest(REF, key, machine, null, null, NOW);
    }

    @Test
    void shouldAllowTheAgentKeyOfTheJoinThatMadeTheNodeAlsoWhileItLives() {
        // when, then
        assertThat(NodeReplacement.evaluate(node(Map.of()), RECORDED, by("key", MACHINE), ALIVE, NOW))
                .isEqualTo(new Result.Allowed());
    }

    @Test
    void shouldAllowAnotherAgentKeyOnlyOnceTheNodeIsSilent() {
        // when
        Result alive = NodeReplacement.evaluate(node(Map.of()), RECORDED, by("thief", MACHINE), ALIVE, NOW);

        // then
        assertThat(alive)
                .isInstanceOfSatisfying(
                        Result.NotSilent.class,
                        refused -> assertThat(refused.detail())
                                .contains("renewed its Lease at 2026-11-25T09:59:55Z", "another agent key"));
        assertThat(NodeReplacement.evaluate(node(Map.of()), RECORDED, by("new", MACHINE), SILENT, NOW))
                .isEqualTo(new Result.Allowed());
        assertThat(NodeReplacement.evaluate(node(Map.of()), RECORDED, by("new", MACHINE), Optional.empty(), NOW))
                .isEqualTo(new Result.Allowed());
    }

    @Test
    void shouldRefuseANodeThatNoJoinHasMade() {
        // when, then
        assertThat(NodeReplacement.evaluate(node(Map.of()), Optional.empty(), by("key", MACHINE), SILENT, NOW))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.detail()).contains("was not made by a join"));
    }

    @Test
    void shouldRefuseTheNodeOfAnotherMachine() {
        // when, then
        assertThat(NodeReplacement.evaluate(node(Map.of()), RECORDED, by("key", "other"), SILENT, NOW))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.detail()).contains("is of another machine than other"));
    }

    @Test
    void shouldRefuseTheNodeOfAnotherPoolToARequestThatIsLimitedToItsOwn() {
        // given
        FreeNameRequest limited = new FreeNameRequest(REF, "key", MACHINE, null, new PoolName("batch"), NOW);

        // when, then
        assertThat(NodeReplacement.evaluate(node(Map.of()), RECORDED, limited, SILENT, NOW))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.detail()).contains("is not of the pool batch"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"control-plane", "master"})
    void shouldNeverReplaceANodeOfAControlPlane(String role) {
        // given
        Node controlPlane = node(Map.of("node-role.kubernetes.io/" + role, ""));

        // when, then
        assertThat(NodeReplacement.evaluate(controlPlane, RECORDED, by("key", MACHINE), SILENT, NOW))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.detail()).contains("is a control plane's"));
    }
}
