package io.nodejoin.activities.kubernetes.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameOrder;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.ReadyOrder;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a Node is the one that is asked for, as a pure function. To whoever does not know the enrollment that made it, it
 * is a Node of that name and nothing more.
 */
final class OwnNode {
    /** A kubelet whose status does not change reports it every five minutes. */
    private static final Duration STATUS_AGE = Duration.ofMinutes(6);
    /** A kubelet renews its Lease every ten seconds; its clock may be off by a minute. */
    private static final Duration LEASE_AGE = Duration.ofSeconds(100);

    private OwnNode() {}

    /**
     * Own if the Node is the one that is asked for, and Ready now; else Taken.
     *
     * @param noted what is noted of the Node of this name
     * @param renewedAt when its Lease was renewed last
     */
    static NameState of(
            Node node, Optional<NodeNote> noted, NameOrder order, Optional<Instant> renewedAt, Instant now) {
        String uid = node.getMetadata().getUid();
        Optional<NodeNote> own = noted.filter(note ->
                note.joined().node().uid().equals(uid) && same(note.joined().enrollment(), order.enrollment()));
        if (own.isEmpty()) {
            return taken(order);
        }
        Optional<String> blocker = reset(own.get())
                .or(() -> different(node, order))
                .or(() -> notReady(node, own.get().joined(), order, renewedAt, now));
        return blocker.<NameState>map(why -> new NameState.Taken(
                        "the Node " + order.node().node() + " of this enrollment exists, but " + why))
                .orElseGet(() -> new NameState.Own(uid));
    }

    /** Whether the Node is of this machine: a new disk gives another machine id, a new firmware another system UUID. */
    static boolean isOf(Node node, String machineId, @Nullable String systemUuid) {
        Optional<NodeSystemInfo> machine = ReadyRules.machine(node);
        return machine.filter(info -> machineId.equalsIgnoreCase(info.getMachineID())
                        || (systemUuid != null && systemUuid.equalsIgnoreCase(info.getSystemUUID())))
                .isPresent();
    }

    static NameState.Taken taken(NameOrder order) {
        return new NameState.Taken("a Node named " + order.node().node() + " exists");
    }

    /** Kubernetes takes a Node for Ready until its kubelet has been silent for forty seconds. */
    private static Optional<String> reset(NodeNote note) {
        return Optional.ofNullable(note.resetBy())
                .map(join -> "join " + join + " has reset its host: send a request with rejoin");
    }

    private static Optional<String> different(Node node, NameOrder order) {
        Map<String, String> labels =
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
        Optional<String> missing = order.labels().entrySet().stream()
                .filter(label -> !label.getValue().equals(labels.get(label.getKey())))
                .map(label -> "its label " + label.getKey() + " is not as requested")
                .findFirst();
        boolean otherProvider = order.providerId() != null
                && (node.getSpec() == null
                        || !order.providerId().equals(node.getSpec().getProviderID()));
        return missing.or(() -> otherProvider ? Optional.of("its providerID is not as requested") : Optional.empty());
    }

    private static Optional<String> notReady(
            Node node, JoinedNode joined, NameOrder order, Optional<Instant> renewedAt, Instant now) {
        ReadyOrder wanted = new ReadyOrder(
                joined.node(),
                now.minus(STATUS_AGE),
                joined.machineId(),
                joined.systemUuid(),
                Map.of(),
                List.of(),
                order.readyGates(),
                now);
        return switch (ReadyRules.look(Optional.of(node), wanted)) {
            case ReadyRules.Look.Wrong wrong -> Optional.of(wrong.problem().detail());
            case ReadyRules.Look.Blocked blocked -> Optional.of("it is not Ready: " + blocked.by());
            case ReadyRules.Look.Ready _ ->
                renewedAt.filter(at -> at.isAfter(now.minus(LEASE_AGE))).isPresent()
                        ? Optional.empty()
                        : Optional.of("its kubelet has not renewed its Lease lately");
        };
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
