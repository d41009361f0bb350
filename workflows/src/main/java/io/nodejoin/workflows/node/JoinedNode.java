package io.nodejoin.workflows.node;

import io.nodejoin.protocol.JoinId;
import org.jspecify.annotations.Nullable;

/**
 * A Node and the machine that a join made it of. Kept in the cluster, where no node can write it.
 *
 * @param joinId the join
 * @param enrollment digest of the one-time secret of its request
 * @param publicKey of the machine's agent, base64 of the DER SubjectPublicKeyInfo
 * @param machineId what the host said of itself
 * @param systemUuid what its firmware said
 */
public record JoinedNode(
        NodeIdentity node,
        JoinId joinId,
        String enrollment,
        String publicKey,
        String machineId,
        @Nullable String systemUuid) {}
