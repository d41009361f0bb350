package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JoiningNodeTest {
    private static final ClusterName CLUSTER = new ClusterName("prod");
    private static final WorkflowRun RUN = new WorkflowRun("joins", "run-1");
    private static final CreatedNodeRef REF =
            new CreatedNodeRef(new NodeRef(CLUSTER, new NodeName("w1")), JoinId.of("test", "1"), 2);
    private static final NodeCreation CREATION = new NodeCreation(
            REF,
            "fleet://w1",
            Map.of("pool", "blue"),
            List.of(new Taint("example.com/gpu", "yes", Taint.Effect.NoExecute)));

    @Test
    void shouldCarryWhatWasRequestedAndTheTaintThatKeepsPodsAway() {
        // when
        Node node = JoiningNode.build(CREATION, RUN);

        // then
        assertThat(node.getMetadata().getLabels()).containsExactlyEntriesOf(Map.of("pool", "blue"));
        assertThat(node.getSpec().getProviderID()).isEqualTo("fleet://w1");
        assertThat(node.getSpec().getTaints())
                .extracting(io.fabric8.kubernetes.api.model.Taint::getKey)
                .containsExactly("nodejoin.io/joining", "example.com/gpu");
        assertThat(node.getStatus()).isNull();
    }

    @Test
    void shouldNameTheAttemptAndTheRunThatCreatedIt() {
        // given
        Node node = withUid(JoiningNode.build(CREATION, RUN));

        // then
        assertThat(JoiningNode.of(CLUSTER, node))
                .contains(new JoiningNode(new NodeIdentity(REF.node(), "uid-1"), REF, RUN, true));
    }

    @Test
    void shouldBelongToNoJoinWithoutReadableAnnotations() {
        // given
        Node plain = withUid(
                new NodeBuilder().withNewMetadata().withName("w1").endMetadata().build());
        Node forged = new NodeBuilder(withUid(JoiningNode.build(CREATION, RUN)))
                .editMetadata()
                .addToAnnotations("nodejoin.io/attempt", "many")
                .endMetadata()
                .build();

        // then
        assertThat(JoiningNode.of(CLUSTER, plain)).isEmpty();
        assertThat(JoiningNode.of(CLUSTER, forged)).isEmpty();
    }

    private static Node withUid(Node node) {
        return new NodeBuilder(node)
                .editMetadata()
                .withUid("uid-1")
                .endMetadata()
                .build();
    }
}
