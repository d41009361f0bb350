package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.List;
import java.util.Optional;

/** A condition of success of a join in addition to the Node's Ready. */
sealed interface ReadyGate {

    /** A condition of the Node that must be True. */
    record Condition(String type) implements ReadyGate {}

    /**
     * A DaemonSet whose pod on the node must be Ready. Its pods are found by owner reference, since other pods may have
     * the same labels, and polled: a watch needs another right on every pod of the cluster.
     */
    record DaemonSet(String namespace, String name) implements ReadyGate {
        private static final String KIND = "DaemonSet";
        private static final String READY = "Ready";

        /**
         * Returns what is missing, or empty if the gate is met.
         *
         * @param pods the pods of the namespace that are bound to the node
         */
        Optional<String> findBlocker(List<Pod> pods) {
            List<Pod> own = pods.stream().filter(this::owns).toList();
            if (own.isEmpty()) {
                return Optional.of("DaemonSet " + namespace + "/" + name + " has no pod on the node");
            }
            return own.stream().anyMatch(DaemonSet::isReady)
                    ? Optional.empty()
                    : Optional.of("pod " + namespace + "/"
                            + own.getFirst().getMetadata().getName() + " is not Ready: "
                            + waitingReason(own.getFirst()));
        }

        private boolean owns(Pod pod) {
            return pod.getMetadata().getDeletionTimestamp() == null
                    && pod.getMetadata().getOwnerReferences().stream().anyMatch(this::isThis);
        }

        private boolean isThis(OwnerReference owner) {
            return Boolean.TRUE.equals(owner.getController())
                    && owner.getApiVersion().startsWith("apps/")
                    && KIND.equals(owner.getKind())
                    && name.equals(owner.getName());
        }

        private static boolean isReady(Pod pod) {
            return ready(pod)
                    .filter(condition -> "True".equals(condition.getStatus()))
                    .isPresent();
        }

        private static Optional<PodCondition> ready(Pod pod) {
            return Optional.ofNullable(pod.getStatus()).map(PodStatus::getConditions).stream()
                    .flatMap(List::stream)
                    .filter(condition -> READY.equals(condition.getType()))
                    .findFirst();
        }

        /** The reason why a container waits is more specific than the pod's condition. */
        private static String waitingReason(Pod pod) {
            return Optional.ofNullable(pod.getStatus()).map(PodStatus::getContainerStatuses).stream()
                    .flatMap(List::stream)
                    .filter(container ->
                            container.getState() != null && container.getState().getWaiting() != null)
                    .map(container -> container.getName() + " waits, "
                            + container.getState().getWaiting().getReason())
                    .findFirst()
                    .or(() -> ready(pod).map(PodCondition::getReason))
                    .orElse("its kubelet has not reported it yet");
        }
    }

    /** Parses a gate; the schema of requests admits no other texts. */
    static ReadyGate parse(String text) {
        String[] parts = text.split("/", -1);
        return parts.length == 3 ? new DaemonSet(parts[1], parts[2]) : new Condition(text);
    }

    static List<Condition> conditions(List<String> gates) {
        return gates.stream()
                .map(ReadyGate::parse)
                .filter(Condition.class::isInstance)
                .map(Condition.class::cast)
                .toList();
    }

    static List<DaemonSet> daemonSets(List<String> gates) {
        return gates.stream()
                .map(ReadyGate::parse)
                .filter(DaemonSet.class::isInstance)
                .map(DaemonSet.class::cast)
                .toList();
    }
}
