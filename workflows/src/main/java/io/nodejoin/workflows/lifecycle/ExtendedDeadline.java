package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;
import java.time.Instant;

/** The deadline that a join has now. */
public record ExtendedDeadline(JoinId joinId, Instant deadline) {}
