package io.nodejoin.protocol.event;

import io.nodejoin.protocol.Phase;
import java.time.Instant;

/** When a join reached a phase, by the workflow's clock. */
public record PhaseTime(Phase phase, Instant at) {}
