package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.lifecycle.JoinRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Checks when a join ends: soon after its deadline, or after the last fault that delayed it. */
final class DeadlineCheck {
    /** The limit if host and servers respond. */
    private static final Duration USUAL = Duration.ofSeconds(60);
    /** The limit if a reset of a silent host is awaited, and delayed calls are retried after a minute at most. */
    private static final Duration HELD_UP = Duration.ofMinutes(6);

    private final World world;
    private final Instant ended;

    DeadlineCheck(World world, Instant ended) {
        this.world = world;
        this.ended = ended;
    }

    List<String> check() {
        Instant deadline = world.outside.requests.stream()
                .map(JoinRequest::deadline)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        boolean smooth = world.faults.firedFaults().stream().noneMatch(DeadlineCheck::holdsUp);
        Instant calm = later(world.faults.faultsEnd(), world.outside.interventionsEnd());
        Instant latest = smooth ? deadline.plus(USUAL) : later(deadline, calm).plus(HELD_UP);
        return ended.isAfter(latest)
                ? List.of("the workflow ended " + Duration.between(latest, ended) + " after its time")
                : List.of();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static boolean holdsUp(Fault fault) {
        return switch (fault) {
            case API_FLAKY,
                    API_SLOW,
                    API_DELAYED,
                    API_OUTAGE,
                    BROKER_FLAKY,
                    BROKER_OUTAGE,
                    TASKS_LOST,
                    REPORTS_LOST,
                    REPLICAS_KILLED,
                    REPLICAS_PAUSED,
                    SERVICE_DOWN,
                    AGENT_LOST,
                    AGENT_RECONNECTS,
                    AGENT_RESTARTS -> true;
            default -> false;
        };
    }
}
