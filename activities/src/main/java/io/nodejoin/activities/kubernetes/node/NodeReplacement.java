package io.nodejoin.activities.kubernetes.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fabric8.kubernetes.api.model.Node;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.node.FreeNameRequest;
import io.nodejoin.workflows.node.JoinedNode;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a declared re-join may delete the Node that exists. Pure. A machine says itself what its ids are, so
 * they alone are no proof: the Node must be one that a join made, and the machine must hold the agent key of that join,
 * or the Node must be silent.
 */
final class NodeReplacement {
    /** Kubernetes considers a Node lost that has not renewed its Lease for forty seconds; a clock may be off by some. */
    static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Set<String> CONTROL_PLANE_ROLES =
            Set.of("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master");

    private NodeReplacement() {}

    sealed interface Result {
        record Allowed() implements Result {}

        /** Allowed once the Node has been silent for long enough. */
        record NotSilent(String detail) implements Result {}

        record Refused(String detail) implements Result {}
    }

    /**
     * Decides it.
     *
     * @param recorded the record of the Node of this name
     * @param renewedAt when its Lease was last renewed
     * @param now the time of the API server
     */
    static Result evaluate(
            Node old,
            Optional<JoinedNode> recorded,
            FreeNameRequest request,
            Optional<Instant> renewedAt,
            Instant now) {
        String name = "the Node " + request.node().name() + " that exists ";
        Map<String, String> labels =
                Objects.requireNonNullElse(old.getMetadata().getLabels(), Map.of());
        if (CONTROL_PLANE_ROLES.stream().anyMatch(labels::containsKey)) {
            return new Result.Refused(name + "is a control plane's: delete it first");
        }
        Optional<JoinedNode> joined =
                recorded.filter(node -> ManagedNode.isOnMachine(old, node.machineId(), node.systemUuid()));
        if (joined.isEmpty()) {
            return new Result.Refused(name + "was not made by a join: delete it first");
        }
        if (!ManagedNode.isOnMachine(old, request.machineId(), request.systemUuid())) {
            return new Result.Refused(name + "is of another machine than " + request.machineId() + " (systemUUID "
                    + request.systemUuid() + ")");
        }
        PoolName pool = request.requiredPool();
        if (pool != null && !pool.equals(joined.get().pool())) {
            return new Result.Refused(
                    name + "is not of the pool " + pool + ", to which the key of this request is limited");
        }
        if (isEqual(joined.get().publicKey(), request.publicKey())) {
            return new Result.Allowed();
        }
        Optional<Instant> alive = renewedAt.filter(at -> at.isAfter(now.minus(SILENCE)));
        return alive.<Result>map(
                        at -> new Result.NotSilent(
                                name + "renewed its Lease at " + at
                                        + ", and the machine has another agent key than the Node's: stop that kubelet, or let the node leave"))
                .orElseGet(Result.Allowed::new);
    }

    private static boolean isEqual(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
