package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;

/** The join that is aborted. */
public record AbortResponse(JoinId joinId) {}
