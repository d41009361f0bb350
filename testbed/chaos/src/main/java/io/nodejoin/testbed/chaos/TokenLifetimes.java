package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.protocol.event.PhaseTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * How long tokens existed after they were no longer needed. A token is needed until its Node is registered, or until
 * the host has reported that its kubelet does not start; it is gone once the API server has responded to the deletion
 * of its Secret.
 *
 * @param unneeded seconds between the two, one for each join
 * @param outlived seconds from the join's outcome to the token's deletion; negative if it was deleted before
 */
record TokenLifetimes(List<Double> unneeded, List<Double> outlived) {
    TokenLifetimes {
        unneeded = List.copyOf(unneeded);
        outlived = List.copyOf(outlived);
    }

    /** Measures the tokens of these joins, which have ended. Joins with missing data are left out. */
    static TokenLifetimes measure(ChaosBed bed, List<InFlightJoin> joins) {
        ApiAuditLog.Times ends = bed.apiAuditLog().times();
        Map<JoinId, Outcome> outcomes = bed.outcomes().all();
        List<Double> unneeded = new ArrayList<>();
        List<Double> outlived = new ArrayList<>();
        try (WorkflowHistories steps =
                new WorkflowHistories(bed.testBed().temporal().target())) {
            for (InFlightJoin join : joins) {
                Optional<Instant> gone = steps.lastTokenId(join.node())
                        .map(token -> ends.tokenDeletions().get(token));
                Optional<Instant> last = Optional.ofNullable(
                                ends.nodeRegistrations().get(join.node().value()))
                        .or(() -> steps.kubeletStartReportedAt(join.node()));
                Optional<Instant> told =
                        Optional.ofNullable(outcomes.get(join.joinId())).flatMap(TokenLifetimes::end);
                gone.ifPresent(end -> {
                    last.ifPresent(from -> unneeded.add(seconds(from, end)));
                    told.ifPresent(from -> outlived.add(seconds(from, end)));
                });
            }
        }
        return new TokenLifetimes(unneeded, outlived);
    }

    private static Optional<Instant> end(Outcome outcome) {
        return switch (outcome) {
            case JoinSucceeded succeeded -> last(succeeded.phases());
            case JoinFailed failed -> last(failed.phases());
            default -> Optional.empty(); // no outcome of a join in a storm
        };
    }

    private static Optional<Instant> last(List<PhaseTime> phases) {
        return phases.isEmpty()
                ? Optional.empty()
                : Optional.of(phases.getLast().at());
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    /** Returns the figures for people, of tokens that were no longer needed after this event. */
    SequencedMap<String, Number> figures(String after) {
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        figures.put("tokens measured after " + after, unneeded.size());
        if (!unneeded.isEmpty()) {
            String what = "seconds from " + after + " to the end of its token, ";
            figures.put(what + "median", quantile(unneeded, 0.5));
            figures.put(what + "p99", quantile(unneeded, 0.99));
            figures.put(what + "longest", quantile(unneeded, 1));
        }
        if (!outlived.isEmpty()) {
            figures.put("seconds from a join's end to its token's, after " + after + ", p99", p99());
        }
        return figures;
    }

    /**
     * Returns what is wrong with the tokens of this many joins.
     *
     * @param limit by how many seconds tokens may outlive their joins, except for the worst percent
     */
    List<String> violations(String after, int joins, double limit) {
        List<String> failures = new ArrayList<>();
        if (unneeded.size() < joins || outlived.size() < joins) {
            failures.add("of " + joins + " joins " + unneeded.size() + " tokens are known to have ended after " + after
                    + ", and " + outlived.size() + " after the end of a join");
        }
        if (!outlived.isEmpty() && p99() > limit) {
            failures.add("1 % of the tokens outlived their joins by " + p99() + " s or more, after " + after);
        }
        return failures;
    }

    private double p99() {
        return quantile(outlived, 0.99);
    }

    /** The lowest of them that is at least as high as this share of all. */
    static double quantile(List<Double> seconds, double share) {
        List<Double> sorted = seconds.stream().sorted().toList();
        return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
    }
}
