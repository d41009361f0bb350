package io.nodejoin.protocol.agent;

import java.time.Instant;

/**
 * {@code POST /v1/assignments/{id}/progress}: acknowledges the assignment and reports its progress. Idempotent.
 *
 * @param step the name of the step, or the verb
 */
public record ProgressReport(CommandMilestone milestone, String step, Instant at) {}
