package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A fleet autoscaler asks that a machine become a node.
 *
 * @param cluster the cluster to join
 * @param nodeName the name that the node gets
 * @param enrollment lower-case hex SHA-256 of the one-time secret that the autoscaler also put on the machine
 * @param addresses IP addresses of the machine; the first one becomes the node IP
 * @param labels labels that the node shall carry
 * @param taints taints that the node shall carry
 * @param providerId the machine at its cloud or fleet, copied to {@code spec.providerID}
 * @param hostProfile how the host is prepared
 * @param readyGates what the join waits for besides Ready: node condition types that must be True, and
 *     {@code DaemonSet/<namespace>/<name>} for a DaemonSet whose pod on the node must be Ready
 * @param deadline after this instant the join is given up; absent means the configured default
 * @param servingCertificate whether the kubelet serves with a certificate of the cluster's CA for exactly the node name and
 *     the addresses, which the join waits for; absent means that the kubelet signs its own
 * @param rejoin whether this machine, as after a repair, takes the place of its own earlier Node, which is removed before a
 *     token is issued; absent means that a Node of the name ends the join, or is its result if it is this machine's
 * @param podCidr the addresses of the node's pods, for which the host gets a bridge as its pods' network; absent means that the
 *     cluster's network plugin brings its own
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JoinRequested(
        ClusterName cluster,
        NodeName nodeName,
        String enrollment,
        List<String> addresses,
        Map<String, String> labels,
        List<Taint> taints,
        @Nullable String providerId,
        HostProfile hostProfile,
        List<String> readyGates,
        @Nullable Instant deadline,
        @Nullable Boolean servingCertificate,
        @Nullable Boolean rejoin,
        @Nullable String podCidr)
        implements LifecycleEvent.Request {

    @SuppressWarnings("ConstantValue") // absent members arrive as null from JSON
    public JoinRequested {
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
        labels = labels == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(labels));
        taints = taints == null ? List.of() : List.copyOf(taints);
        hostProfile = hostProfile == null ? HostProfile.CONTAINERD : hostProfile;
        readyGates = readyGates == null ? List.of() : List.copyOf(readyGates);
    }

    /** Whether the join waits for a serving certificate of the kubelet. */
    public boolean requestsServingCertificate() {
        return Boolean.TRUE.equals(servingCertificate);
    }

    /** Whether an earlier Node of this machine is removed first. */
    public boolean declaresRejoin() {
        return Boolean.TRUE.equals(rejoin);
    }
}
