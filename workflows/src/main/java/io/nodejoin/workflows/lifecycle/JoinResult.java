package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import org.jspecify.annotations.Nullable;

/** The result of a join or leave: its terminal phase, and the problem of a failure. */
public record JoinResult(Phase phase, @Nullable Problem problem) {}
