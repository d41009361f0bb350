package io.nodejoin.workflows.rejoin;

import io.nodejoin.workflows.node.NodeRef;

/**
 * The claim of a machine to be a node.
 *
 * @param enrollment the digest of its secret
 * @param publicKey its agent's key, base64 of its DER SubjectPublicKeyInfo
 */
public record RejoinClaim(NodeRef node, String enrollment, String publicKey) {}
