package io.nodejoin.activities.kubernetes.drain;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Decides which pods block a drain. Pure. */
final class DrainPodFilter {
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final Set<String> COMPLETED_PHASES = Set.of("Succeeded", "Failed");

    private DrainPodFilter() {}

    /** Returns whether the pod blocks the drain. */
    static boolean blocksDrain(Pod pod) {
        return !isMirror(pod) && !isOfDaemonSet(pod) && !isCompleted(pod);
    }

    /** Returns whether the pod is terminating, so that the drain only waits for it. */
    static boolean isTerminating(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    static String name(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    /** A mirror pod is run by the kubelet itself, from a file. */
    private static boolean isMirror(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of())
                .containsKey(MIRROR);
    }

    /** The controller of a DaemonSet would create the pod on the node again immediately. */
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
