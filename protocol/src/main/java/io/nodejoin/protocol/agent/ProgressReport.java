package io.nodejoin.protocol.agent;

import java.time.Instant;

/**
 * {@code POST /v1/assignments/{id}/progress}: acknowledges the assignment and says how far it is. Repeating it is harmless.
 *
 * @param step the name of the step, or the verb
 */
public record ProgressReport(CommandMilestone milestone, String step, Instant at) {}
