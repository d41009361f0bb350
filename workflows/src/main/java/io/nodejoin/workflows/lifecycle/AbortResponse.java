package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;

/** The join that is being given up. */
public record AbortResponse(JoinId joinId) {}
