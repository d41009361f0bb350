package io.nodejoin.workflows.node;

import io.nodejoin.protocol.PoolName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The request to delete a machine's earlier Node.
 *
 * @param publicKey the agent's public key, base64 of the DER SubjectPublicKeyInfo
 * @param machineId the host's machine id
 * @param systemUuid the system UUID of the host's firmware; one of the two must equal the Node's
 * @param requiredPool the pool that the join of the Node must have named; absent means any
 * @param deadline when waiting for the Node's pods to be deleted ends
 */
public record FreeNameRequest(
        NodeRef node,
        String publicKey,
        String machineId,
        @Nullable String systemUuid,
        @Nullable PoolName requiredPool,
        Instant deadline) {}
