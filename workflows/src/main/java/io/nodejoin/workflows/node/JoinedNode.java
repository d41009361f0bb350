package io.nodejoin.workflows.node;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinRequested;
import org.jspecify.annotations.Nullable;

/**
 * A Node and the machine that a join made it of. Kept in the cluster, where no node can write it.
 *
 * @param joinId the join
 * @param enrollment digest of the one-time secret of its request
 * @param publicKey of the machine's agent, base64 of the DER SubjectPublicKeyInfo
 * @param machineId what the host said of itself
 * @param systemUuid what its firmware said
 * @param spec the request, so that the machine can be taken back as what it was; absent in notes of earlier versions
 */
public record JoinedNode(
        NodeIdentity identity,
        JoinId joinId,
        String enrollment,
        String publicKey,
        String machineId,
        @Nullable String systemUuid,
        @Nullable JoinRequested spec) {}
