package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.workflows.node.ReadyRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodePatchTest {
    private static final Taint WANTED = new Taint("example.com/gpu", "yes", Taint.Effect.NoSchedule);

    @Test
    void shouldAddLabelsUnderTheUidAlone() {
        // when
        Optional<String> patch = NodePatch.build(node(), order(Map.of("pool", "blue"), List.of()));

        // then
        assertThat(patch).contains("{\"metadata\":{\"uid\":\"uid-1\",\"labels\":{\"pool\":\"blue\"}}}");
    }

    @Test
    void shouldKeepTheTaintsOfOthersAndNameTheVersionThatItRead() {
        // given
        Node node = new NodeBuilder(node())
                .withNewSpec()
                .addNewTaint()
                .withKey("node.kubernetes.io/not-ready")
                .withEffect("NoSchedule")
                .endTaint()
                .endSpec()
                .build();

        // when
        Optional<String> patch = NodePatch.build(node, order(Map.of(), List.of(WANTED)));

        // then
        assertThat(patch)
                .hasValueSatisfying(json -> assertThat(json)
                        .contains("\"resourceVersion\":\"7\"", "node.kubernetes.io/not-ready", "example.com/gpu"));
    }

    @Test
    void shouldRemoveTheTaintOfTheCreationAndNoOther() {
        // given
        Node node = new NodeBuilder(node())
                .withNewSpec()
                .addNewTaint()
                .withKey("nodejoin.io/joining")
                .withEffect("NoSchedule")
                .endTaint()
                .addNewTaint()
                .withKey("example.com/gpu")
                .withValue("yes")
                .withEffect("NoSchedule")
                .endTaint()
                .endSpec()
                .build();

        // when
        Optional<String> patch = NodePatch.build(node, order(Map.of(), List.of(WANTED)));

        // then
        assertThat(patch)
                .hasValueSatisfying(json -> assertThat(json)
                        .contains("\"resourceVersion\":\"7\"", "example.com/gpu")
                        .doesNotContain("nodejoin.io/joining"));
    }

    @Test
    void shouldChangeNothingWhereNothingIsMissing() {
        // given
        Node node = new NodeBuilder(node())
                .editMetadata()
                .withLabels(Map.of("pool", "blue", "other", "x"))
                .endMetadata()
                .withNewSpec()
                .addNewTaint()
                .withKey("example.com/gpu")
                .withValue("yes")
                .withEffect("NoSchedule")
                .endTaint()
                .endSpec()
                .build();

        // when
        Optional<String> patch = NodePatch.build(node, order(Map.of("pool", "blue"), List.of(WANTED)));

        // then
        assertThat(patch).isEmpty();
    }

    @Test
    void shouldAdoptAYoungNodeThatNoJoinHasCreated() {
        // when
        Optional<String> patch = NodePatch.build(foreign(Duration.ofHours(22)), order(Map.of(), List.of()));

        // then
        assertThat(patch)
                .hasValueSatisfying(
                        json -> assertThat(json).contains("\"annotations\":{\"nodejoin.io/adopted\":\"true\"}"));
    }

    @Test
    void shouldNotAdoptANodeThatTheClusterWouldNotLetItAdopt() {
        assertThat(NodePatch.build(foreign(Duration.ofDays(1)), order(Map.of(), List.of())))
                .isEmpty();
    }

    private static Node foreign(Duration age) {
        return new NodeBuilder(node())
                .editMetadata()
                .withAnnotations(Map.of())
                .withCreationTimestamp(
                        order(Map.of(), List.of()).readyAfter().minus(age).toString())
                .endMetadata()
                .build();
    }

    private static Node node() {
        return new NodeBuilder(NodeReadinessTest.node("True", Instant.EPOCH))
                .editMetadata()
                .addToAnnotations("nodejoin.io/join-id", "0f".repeat(16))
                .endMetadata()
                .build();
    }

    private static ReadyRequest order(Map<String, String> labels, List<Taint> taints) {
        ReadyRequest plain = NodeReadinessTest.order(List.of());
        return new ReadyRequest(
                plain.node(),
                plain.readyAfter(),
                plain.machineId(),
                plain.systemUuid(),
                labels,
                taints,
                List.of(),
                plain.deadline());
    }
}
