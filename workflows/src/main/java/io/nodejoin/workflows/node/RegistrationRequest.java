package io.nodejoin.workflows.node;

import io.nodejoin.protocol.agent.HostFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The request to wait for the registration of a node.
 *
 * @param approvedAt when the join's CSR was approved, by the clock of the API server that approved it; an older Node is
 *     not this join's, within the clock skew between API servers
 * @param machineId the host's machine id; a Node that may be older than the approval is this join's only if it reports
 *     the same
 * @param systemUuid the system UUID of the host's firmware
 * @param createdUid the UID of the Node that the join has created; absent if the kubelet creates it
 * @param ready what makes the node Ready, for which the wait goes on for a short time; absent means that it ends with the
 *     registration
 * @param deadline when the wait ends
 */
public record RegistrationRequest(
        NodeRef node,
        Instant approvedAt,
        String machineId,
        @Nullable String systemUuid,
        @Nullable String createdUid,
        @Nullable ReadyConditions ready,
        Instant deadline) {

    /**
     * Creates a request for a host with these facts, whose kubelet creates the Node. Truncates {@code approvedAt} to seconds, as creation times of
     * objects are.
     */
    public static RegistrationRequest of(NodeRef node, HostFacts facts, Instant approvedAt, Instant deadline) {
        return new RegistrationRequest(
                node,
                approvedAt.truncatedTo(ChronoUnit.SECONDS),
                facts.machineId(),
                facts.systemUuid(),
                null,
                null,
                deadline);
    }

    /** Returns this request for a Node that the join has created. */
    public RegistrationRequest ofCreatedNode(@Nullable String uid) {
        return new RegistrationRequest(node, approvedAt, machineId, systemUuid, uid, ready, deadline);
    }

    /** Returns this request, whose wait goes on for a short time until the node is Ready. */
    public RegistrationRequest untilReady(ReadyConditions conditions) {
        return new RegistrationRequest(node, approvedAt, machineId, systemUuid, createdUid, conditions, deadline);
    }

    /** Returns the request to wait until the registered node is Ready. */
    public ReadyRequest readyRequest(String uid, ReadyConditions conditions, Instant until) {
        return new ReadyRequest(
                new NodeIdentity(node, uid),
                conditions.readyAfter(),
                machineId,
                systemUuid,
                conditions.labels(),
                conditions.taints(),
                conditions.readyGates(),
                until);
    }
}
