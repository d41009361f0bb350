package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import org.jspecify.annotations.Nullable;

/** How a join ended: the terminal phase, and the problem unless it is Joined. */
public record JoinResult(Phase phase, @Nullable Problem problem) {}
