package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;

/**
 * {@code POST /v1/attestations}: an agent asks for a challenge that only the TPM 2.0 of this endorsement key can solve
 * (TPM2_ActivateCredential). Sent over server-authenticated TLS with a pinned CA. Each call gets another challenge.
 *
 * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's P-256 key, for which alone the solution is valid
 * @param endorsementKey base64 of the DER SubjectPublicKeyInfo of the TPM's RSA 2048 endorsement key
 * @param attestationKeyName the TPM's name of a key that it has created, in lower-case hex: the algorithm SHA-256 (000b)
 *     and the digest of the key's public area
 */
public record AttestationRequest(
        ClusterName cluster, NodeName node, String publicKey, String endorsementKey, String attestationKeyName) {}
