package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A fleet autoscaler requests that a machine become a node.
 *
 * @param cluster the cluster to join
 * @param nodeName the name of the node
 * @param enrollment lower-case hex SHA-256 of the enrollment secret that the autoscaler also put on the machine;
 *     absent means that the join takes a machine of the pool
 * @param addresses IP addresses of the machine; the first one becomes the node IP
 * @param labels labels of the node
 * @param taints taints of the node
 * @param providerId the machine's id at its cloud or fleet, copied to {@code spec.providerID}
 * @param hostProfile how the host is prepared
 * @param readyGates conditions of success in addition to Ready: node condition types that must be True, and
 *     {@code DaemonSet/<namespace>/<name>} for a DaemonSet whose pod on the node must be Ready
 * @param deadline the join is aborted at this instant; absent means the configured default
 * @param servingCertificate whether the kubelet requests a serving certificate of the cluster's CA for exactly the node
 *     name and the addresses, which the join waits for; absent means a self-signed one
 * @param rejoin whether this machine, for example after a repair, replaces its own earlier Node, which is deleted
 *     before a token is issued; absent means that an existing Node of the name fails the join, or is its result if it
 *     is this machine's
 * @param podCidr the address range of the node's pods, for which the host gets a bridge as pod network; absent means
 *     that the cluster's network plugin provides one
 * @param pool the node pool or node group of the autoscaler, which has a machine for a join without enrollment; absent
 *     means none
 * @param machine the one machine that may enroll, beside its secret, or the choice from the pool; absent means any
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JoinRequested(
        ClusterName cluster,
        NodeName nodeName,
        @Nullable String enrollment,
        List<String> addresses,
        Map<String, String> labels,
        List<Taint> taints,
        @Nullable String providerId,
        HostProfile hostProfile,
        List<String> readyGates,
        @Nullable Instant deadline,
        @Nullable Boolean servingCertificate,
        @Nullable Boolean rejoin,
        @Nullable String podCidr,
        @Nullable PoolName pool,
        @Nullable RequestedMachine machine)
        implements LifecycleEvent.NodeRequest {

    @SuppressWarnings("ConstantValue") // an absent member is null after JSON parsing
    public JoinRequested {
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
        labels = labels == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(labels));
        taints = taints == null ? List.of() : List.copyOf(taints);
        hostProfile = hostProfile == null ? HostProfile.CONTAINERD : hostProfile;
        readyGates = readyGates == null ? List.of() : List.copyOf(readyGates);
    }

    /** Returns whether the join waits for a kubelet serving certificate. */
    public boolean requestsServingCertificate() {
        return Boolean.TRUE.equals(servingCertificate);
    }

    /** Returns the digest of the endorsement key that the agent's enrollment must prove; null if none. */
    public @Nullable String requiredEndorsementKey() {
        return machine == null ? null : machine.endorsementKey();
    }

    /** Returns whether the join takes a machine of its pool. */
    public boolean needsMachine() {
        return enrollment == null;
    }

    /** Returns the choice from the pool. */
    public RequestedMachine wantedMachine() {
        return machine == null ? RequestedMachine.ANY : machine;
    }

    /**
     * Returns this request for the machine that it has got: its secret, addresses and identity. Labels and provider id of
     * the request are kept before those of the machine.
     *
     * @param machineAddresses used if the request names none
     */
    public JoinRequested with(MachineOffered offer, List<String> machineAddresses) {
        TreeMap<String, String> merged = new TreeMap<>(offer.labels());
        merged.putAll(labels);
        return new JoinRequested(
                cluster,
                nodeName,
                offer.enrollment(),
                addresses.isEmpty() ? machineAddresses : addresses,
                merged,
                taints,
                providerId == null
                        ? "nodejoin://%s/%s/%s".formatted(cluster, offer.pool(), offer.machine())
                        : providerId,
                hostProfile,
                readyGates,
                deadline,
                servingCertificate,
                rejoin,
                podCidr,
                pool,
                new RequestedMachine(
                        offer.endorsementKey(), offer.systemUuid(), offer.machine(), Map.of(), null, null));
    }

    /** Returns whether this machine's earlier Node is deleted first. */
    public boolean declaresRejoin() {
        return Boolean.TRUE.equals(rejoin);
    }
}
