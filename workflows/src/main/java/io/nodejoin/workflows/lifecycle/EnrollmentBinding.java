package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;

/** The agent's key is bound to this join: the gateway may issue its certificate. */
public record EnrollmentBinding(JoinId joinId) {}
