package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;

/**
 * The agent's key is bound to this join: the gateway may issue its certificate.
 *
 * @param run the run id of the workflow, which has received the proof's connection
 */
public record EnrollmentBinding(JoinId joinId, String run) {}
