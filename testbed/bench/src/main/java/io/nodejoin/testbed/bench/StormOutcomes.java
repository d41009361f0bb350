package io.nodejoin.testbed.bench;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What becomes of the joins of a storm, by their events. Not for several threads. */
final class StormOutcomes {
    private final Set<String> open;
    private final Map<String, Double> succeeded = new LinkedHashMap<>();
    private final List<FailedJoin> failed = new ArrayList<>();
    private int wastedAttempts;

    /** A join that has not made its host a node, and why. */
    record FailedJoin(String key, String problem) {}

    /** @param keys {@code <cluster>/<node>} of each join */
    StormOutcomes(Collection<String> keys) {
        this.open = new TreeSet<>(keys);
    }

    /**
     * Takes an event that has come after so many seconds. Those of others, and of joins that have ended, change nothing.
     * Returns whether a join has succeeded with it.
     */
    boolean accept(String key, LifecycleEvent.Outcome event, double after) {
        return switch (event) {
            case JoinSucceeded success
            when open.remove(key) -> {
                wastedAttempts += compensations(success.phases());
                succeeded.put(key, after);
                yield true;
            }
            case JoinFailed failure
            when open.remove(key) -> {
                wastedAttempts += Math.max(0, compensations(failure.phases()) - 1);
                yield fail(key, failure.reason() + ": " + failure.detail());
            }
            case JoinCancelled _ when open.remove(key) -> fail(key, "cancelled");
            case JoinRejected rejection
            when open.remove(key) -> fail(key, rejection.reason() + ": " + rejection.detail());
            case JoinSucceeded _,
                    JoinFailed _,
                    JoinCancelled _,
                    JoinRejected _,
                    JoinAccepted _,
                    JoinPhaseChanged _,
                    JoinRevocationUnverified _,
                    LeaveAccepted _,
                    LeaveSucceeded _,
                    LeaveFailed _ -> false;
        };
    }

    /** Each compensation ends an attempt: one that succeeds has one attempt more, one that fails has as many. */
    private static int compensations(List<PhaseTime> phases) {
        return Math.toIntExact(phases.stream()
                .filter(phase -> phase.phase() == Phase.Compensating)
                .count());
    }

    private boolean fail(String key, String problem) {
        failed.add(new FailedJoin(key, problem));
        return false;
    }

    /** Whether each join has ended. */
    boolean isComplete() {
        return open.isEmpty();
    }

    /** Counts all that have not ended as failed. */
    void abandon(String problem) {
        open.forEach(key -> fail(key, problem));
        open.clear();
    }

    /** After how many seconds each join has succeeded that has, in this order. */
    Map<String, Double> succeeded() {
        return Collections.unmodifiableMap(succeeded);
    }

    /** Those that have not, in the order in which that was known. */
    List<FailedJoin> failed() {
        return List.copyOf(failed);
    }

    /** Attempts beyond the first of each join. */
    int wastedAttempts() {
        return wastedAttempts;
    }
}
