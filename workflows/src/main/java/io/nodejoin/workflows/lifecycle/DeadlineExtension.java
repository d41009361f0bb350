package io.nodejoin.workflows.lifecycle;

import java.time.Instant;

/**
 * Requests a later deadline of a running join.
 *
 * @param requestedBy a person or a program
 */
public record DeadlineExtension(Instant deadline, String requestedBy) {}
