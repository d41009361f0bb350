package io.nodejoin.activities.kubernetes.drain;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which pods keep a node from leaving, as pure functions. */
final class DrainPodFilter {
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final Set<String> COMPLETED_PHASES = Set.of("Succeeded", "Failed");

    private DrainPodFilter() {}

    /** Whether the node is not drained as long as this pod is there. */
    static boolean blocksDrain(Pod pod) {
        return !isMirror(pod) && !isOfDaemonSet(pod) && !isCompleted(pod);
    }

    /** Whether it has been told to end, so that it only has to be waited for. */
    static boolean isTerminating(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    static String name(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    /** The kubelet itself runs it, from a file. */
    private static boolean isMirror(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of())
                .containsKey(MIRROR);
    }

    /** Its controller would put it on the node again at once. */
    private static boolean isOfDaemonSet(Pod pod) {
        return pod.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getKind)
                .anyMatch("DaemonSet"::equals);
    }

    private static boolean isCompleted(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getPhase() != null
                && COMPLETED_PHASES.contains(pod.getStatus().getPhase());
    }
}
