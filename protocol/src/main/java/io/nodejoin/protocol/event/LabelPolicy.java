package io.nodejoin.protocol.event;

import java.util.Optional;
import java.util.Set;

/**
 * Decides which keys of labels and taints a request may use. The domains {@code kubernetes.io} and {@code k8s.io}
 * control what a node is and where pods run, so all but a few of their prefixes are reserved. The cluster's admission
 * policy {@code nodejoin-nodes} applies the same rules to labels.
 */
public final class LabelPolicy {
    private static final Set<String> RESERVED_DOMAINS = Set.of("kubernetes.io", "k8s.io");
    private static final Set<String> ALLOWED_PREFIXES =
            Set.of("topology.kubernetes.io", "node.kubernetes.io", "node-role.kubernetes.io");
    private static final Set<String> CONTROL_PLANE_ROLES =
            Set.of("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master");
    /**
     * Keeps pods away until a cloud controller has initialised the node; a kubelet without one must set it explicitly.
     */
    private static final String UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized";

    /** Taints that the node readiness controller, or cluster-autoscaler's caller, removes once the node is fit for pods. */
    private static final Set<String> READINESS_PREFIXES =
            Set.of("readiness.k8s.io", "startup-taint.cluster-autoscaler.kubernetes.io");

    /** The taint of a Node that a join has created, until its machine has registered. */
    private static final String JOINING = "nodejoin.io/joining";

    private LabelPolicy() {}

    /** Returns the rule that a label with this key violates, as a sentence that does not repeat the key. */
    public static Optional<String> labelViolation(String key) {
        if (CONTROL_PLANE_ROLES.contains(key)) {
            return Optional.of("makes a node a control plane, which no request may do");
        }
        int slash = key.indexOf('/');
        return slash >= 0 && isReserved(key.substring(0, slash))
                ? Optional.of("belongs to a domain of Kubernetes; of these only topology.kubernetes.io/,"
                        + " node.kubernetes.io/ and node-role.kubernetes.io/ are allowed")
                : Optional.empty();
    }

    /** Returns the rule that a taint with this key violates. */
    public static Optional<String> taintViolation(String key) {
        return switch (key) {
            case UNINITIALIZED -> Optional.empty();
            case JOINING -> Optional.of("is the taint that Nodejoin sets and removes itself");
            default ->
                READINESS_PREFIXES.stream().anyMatch(prefix -> key.startsWith(prefix + "/"))
                        ? Optional.empty()
                        : labelViolation(key);
        };
    }

    private static boolean isReserved(String prefix) {
        return !ALLOWED_PREFIXES.contains(prefix)
                && RESERVED_DOMAINS.stream().anyMatch(domain -> prefix.equals(domain) || prefix.endsWith("." + domain));
    }
}
