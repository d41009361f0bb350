package io.nodejoin.visibility.join;

import io.nodejoin.workflows.lifecycle.JoinProgress;
import org.jspecify.annotations.Nullable;

/**
 * Everything that Temporal knows of the latest join or leave of a node.
 *
 * @param progress phases, deadline and problem; null if no worker could be asked
 * @param progressProblem why no worker could be asked; null if one answered
 */
public record JoinDetails(
        JoinSummary summary,
        @Nullable JoinProgress progress,
        @Nullable String progressProblem,
        JoinHistory history) {}
