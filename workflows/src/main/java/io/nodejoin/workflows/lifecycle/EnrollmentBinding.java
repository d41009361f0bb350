package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;

/**
 * The agent's key is bound to this join: the gateway may issue its certificate.
 *
 * @param run the run id of the workflow, which has received the proof's connection
 * @param publicKey the bound key, as in {@link EnrollmentProof}: who can answer for the workflow, but not seal a payload,
 *     can only replay the binding of another key
 */
public record EnrollmentBinding(JoinId joinId, String run, String publicKey) {}
