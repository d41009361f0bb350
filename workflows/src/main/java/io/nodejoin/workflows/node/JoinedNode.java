package io.nodejoin.workflows.node;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinRequested;
import org.jspecify.annotations.Nullable;

/**
 * Records a Node and the machine that a join created it from. Stored in the cluster, where no node can write.
 *
 * @param joinId the join that created the Node
 * @param enrollment digest of the enrollment secret in the join's request
 * @param publicKey the agent's public key, base64 of the DER SubjectPublicKeyInfo
 * @param machineId the host's machine id
 * @param systemUuid the system UUID of the host's firmware
 * @param spec the request, so that the machine can rejoin with the same properties; absent if unknown
 */
public record JoinedNode(
        NodeIdentity identity,
        JoinId joinId,
        String enrollment,
        String publicKey,
        String machineId,
        @Nullable String systemUuid,
        @Nullable JoinRequested spec) {

    /** Returns the pool that the join named; null if it named none or its request is unknown. */
    public @Nullable PoolName pool() {
        return spec == null ? null : spec.pool();
    }
}
