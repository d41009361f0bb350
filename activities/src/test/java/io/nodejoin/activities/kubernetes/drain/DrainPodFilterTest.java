package io.nodejoin.activities.kubernetes.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DrainPodFilterTest {
    static Stream<Arguments> left() {
        return Stream.of(
                Arguments.of("mirror", (UnaryOperator<PodBuilder>) pod -> pod.editMetadata()
                        .addToAnnotations("kubernetes.io/config.mirror", "digest")
                        .endMetadata()),
                Arguments.of("of a DaemonSet", owned("DaemonSet", true)),
                Arguments.of("succeeded", phase("Succeeded")),
                Arguments.of("failed", phase("Failed")));
    }

    static Stream<Arguments> evicted() {
        return Stream.of(
                Arguments.of("of nobody", (UnaryOperator<PodBuilder>) pod -> pod),
                Arguments.of("of a ReplicaSet", owned("ReplicaSet", true)),
                Arguments.of("named by a DaemonSet that does not control it", owned("DaemonSet", false)),
                Arguments.of("running", phase("Running")),
                Arguments.of("pending", phase("Pending")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("left")
    void shouldLeavePodsThatBelongToTheNodeOrHaveEnded(String kind, UnaryOperator<PodBuilder> change) {
        assertThat(DrainPodFilter.blocksDrain(pod(change))).as(kind).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("evicted")
    void shouldEvictAllOthers(String kind, UnaryOperator<PodBuilder> change) {
        assertThat(DrainPodFilter.blocksDrain(pod(change))).as(kind).isTrue();
    }

    @Test
    void shouldWaitForAPodThatIsEnding() {
        // given
        Pod ending = pod(pod ->
                pod.editMetadata().withDeletionTimestamp("2026-11-25T10:00:00Z").endMetadata());

        // then
        assertThat(DrainPodFilter.isTerminating(ending)).isTrue();
        assertThat(DrainPodFilter.blocksDrain(ending)).isTrue();
        assertThat(DrainPodFilter.name(ending)).isEqualTo("default/web-0");
    }

    private static UnaryOperator<PodBuilder> owned(String kind, boolean controller) {
        return pod -> pod.editMetadata()
                .addNewOwnerReference()
                .withKind(kind)
                .withController(controller)
                .endOwnerReference()
                .endMetadata();
    }

    private static UnaryOperator<PodBuilder> phase(String phase) {
        return pod -> pod.withNewStatus().withPhase(phase).endStatus();
    }

    private static Pod pod(UnaryOperator<PodBuilder> change) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web-0")
                .endMetadata();
        return change.apply(pod).build();
    }
}
