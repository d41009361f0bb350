package io.nodejoin.activities.kubernetes.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.ReadyRequest;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether an existing Node is already joined as requested. Pure. A request without the Node's enrollment digest
 * learns only that the name is in use.
 */
final class ManagedNode {
    /** A kubelet whose status does not change reports it every five minutes. */
    private static final Duration MAX_STATUS_AGE = Duration.ofMinutes(6);
    /** A kubelet renews its Lease every ten seconds; its clock may be off by a minute. */
    private static final Duration MAX_LEASE_AGE = Duration.ofSeconds(100);

    private ManagedNode() {}

    /**
     * Returns AlreadyJoined if the Node is the requested one and Ready now; else Taken.
     *
     * @param recorded the record of the Node of this name
     * @param renewedAt when its Lease was last renewed
     */
    static NameAvailability inspect(
            Node node,
            Optional<JoinedNodeStore.Entry> recorded,
            NameCheckRequest request,
            Optional<Instant> renewedAt,
            Instant now) {
        String uid = node.getMetadata().getUid();
        Optional<JoinedNodeStore.Entry> own =
                recorded.filter(note -> note.joined().identity().uid().equals(uid)
                        && equalInConstantTime(note.joined().enrollment(), request.enrollment()));
        if (own.isEmpty()) {
            return taken(request);
        }
        Optional<String> blocker = resetReason(own.get())
                .or(() -> findDifference(node, request))
                .or(() -> notReadyReason(node, own.get().joined(), request, renewedAt, now));
        return blocker.<NameAvailability>map(why -> new NameAvailability.Taken(
                        "the Node " + request.node().name() + " of this enrollment exists, but " + why))
                .orElseGet(() -> new NameAvailability.AlreadyJoined(uid));
    }

    /**
     * Returns whether the Node is on this machine. A new disk changes the machine id, new firmware the system UUID, so
     * one of the two is enough.
     */
    static boolean isOnMachine(Node node, String machineId, @Nullable String systemUuid) {
        Optional<NodeSystemInfo> machine = NodeReadiness.systemInfo(node);
        return machine.filter(info -> machineId.equalsIgnoreCase(info.getMachineID())
                        || (systemUuid != null && systemUuid.equalsIgnoreCase(info.getSystemUUID())))
                .isPresent();
    }

    static NameAvailability.Taken taken(NameCheckRequest request) {
        return new NameAvailability.Taken("a Node named " + request.node().name() + " exists");
    }

    /** The Node controller keeps a Node Ready for 40 s without heartbeats. */
    private static Optional<String> resetReason(JoinedNodeStore.Entry note) {
        return Optional.ofNullable(note.resetBy())
                .map(join -> "join " + join + " has reset its host: send a request with rejoin");
    }

    private static Optional<String> findDifference(Node node, NameCheckRequest request) {
        Map<String, String> labels =
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
        Optional<String> missing = request.labels().entrySet().stream()
                .filter(label -> !label.getValue().equals(labels.get(label.getKey())))
                .map(label -> "its label " + label.getKey() + " is not as requested")
                .findFirst();
        boolean otherProvider = request.providerId() != null
                && (node.getSpec() == null
                        || !request.providerId().equals(node.getSpec().getProviderID()));
        return missing.or(() -> otherProvider ? Optional.of("its providerID is not as requested") : Optional.empty());
    }

    private static Optional<String> notReadyReason(
            Node node, JoinedNode joined, NameCheckRequest request, Optional<Instant> renewedAt, Instant now) {
        ReadyRequest wanted = new ReadyRequest(
                joined.identity(),
                now.minus(MAX_STATUS_AGE),
                joined.machineId(),
                joined.systemUuid(),
                Map.of(),
                List.of(),
                request.readyGates(),
                now);
        return switch (NodeReadiness.evaluate(Optional.of(node), wanted)) {
            case NodeReadiness.Evaluation.Mismatch mismatch ->
                Optional.of(mismatch.problem().detail());
            case NodeReadiness.Evaluation.NotReady notReady -> Optional.of("it is not Ready: " + notReady.reason());
            case NodeReadiness.Evaluation.Ready _ ->
                renewedAt.filter(at -> at.isAfter(now.minus(MAX_LEASE_AGE))).isPresent()
                        ? Optional.empty()
                        : Optional.of("its kubelet has not renewed its Lease lately");
        };
    }

    private static boolean equalInConstantTime(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
