package io.nodejoin.workflows.join;

import io.nodejoin.protocol.JoinId;

/** The join that is being given up. */
public record AbortAnswer(JoinId joinId) {}
