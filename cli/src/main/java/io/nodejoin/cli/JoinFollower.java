package io.nodejoin.cli;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Follows one join or leave on the events topic, and prints its phases. */
final class JoinFollower {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(250);

    private final Terminal terminal;
    private final Clock clock;
    private final JoinId joinId;
    private final String eventId;

    JoinFollower(Terminal terminal, Clock clock, JoinId joinId, String eventId) {
        this.terminal = terminal;
        this.clock = clock;
        this.joinId = joinId;
        this.eventId = eventId;
    }

    /** Returns the outcome event, or empty if there was none before the instant. */
    Optional<LifecycleEvent.Outcome> awaitEnd(EventTail tail, Instant started, Instant end) {
        while (clock.instant().isBefore(end)) {
            for (LifecycleEvent.Outcome event : tail.poll(POLL_TIMEOUT)) {
                if (concerns(event) && printEvent(event, started)) {
                    return Optional.of(event);
                }
            }
        }
        return Optional.empty();
    }

    private boolean concerns(LifecycleEvent.Outcome event) {
        return switch (event) {
            case JoinAccepted accepted -> accepted.joinId().equals(joinId);
            case JoinPhaseChanged changed -> changed.joinId().equals(joinId);
            case JoinSucceeded succeeded -> succeeded.joinId().equals(joinId);
            case JoinFailed failed -> failed.joinId().equals(joinId);
            case JoinCancelled cancelled -> cancelled.joinId().equals(joinId);
            case JoinRejected rejected -> eventId.equals(rejected.requestId());
            case LeaveAccepted accepted -> accepted.leaveId().equals(joinId);
            case LeaveSucceeded succeeded -> succeeded.leaveId().equals(joinId);
            case LeaveFailed failed -> failed.leaveId().equals(joinId);
        };
    }

    private void printRetryAfter(@Nullable Duration after) {
        if (after != null && after.isPositive()) {
            Instant from = clock.instant().plus(after).truncatedTo(ChronoUnit.SECONDS);
            terminal.progress("          try again from " + from);
        }
    }

    /** Prints the event. Returns whether it is the outcome. */
    private boolean printEvent(LifecycleEvent.Outcome event, Instant started) {
        String after =
                "%6.1f s  ".formatted(Duration.between(started, clock.instant()).toMillis() / 1000.0);
        return switch (event) {
            case JoinAccepted accepted -> {
                terminal.progress(after + "accepted, until " + accepted.deadline());
                yield false;
            }
            case JoinPhaseChanged changed -> {
                terminal.progress(after + changed.phase() + (changed.reason() == null ? "" : ": " + changed.reason()));
                yield false;
            }
            case JoinSucceeded _ -> {
                terminal.progress(after + terminal.good("Joined"));
                yield true;
            }
            case JoinFailed failed -> {
                terminal.progress(after + terminal.bad("Failed: " + failed.reason()) + ": " + failed.detail()
                        + ". To do: " + failed.reason().remedy());
                printRetryAfter(failed.retryAfter());
                failed.hostLog().forEach(line -> terminal.progress("          " + line));
                failed.residue().forEach(left -> terminal.progress("          left: " + left));
                yield true;
            }
            case JoinCancelled cancelled -> {
                terminal.progress(after + terminal.bad("Cancelled: ") + cancelled.detail());
                yield true;
            }
            case LeaveAccepted accepted -> {
                terminal.progress(after + "accepted, drains until " + accepted.deadline());
                yield false;
            }
            case LeaveSucceeded succeeded -> {
                terminal.progress(after + terminal.good("Left"));
                succeeded.residue().forEach(left -> terminal.progress("          left: " + left));
                yield true;
            }
            case LeaveFailed failed -> {
                terminal.progress(after + terminal.bad("Failed: " + failed.reason()) + ": " + failed.detail()
                        + ". To do: " + failed.reason().remedy());
                printRetryAfter(failed.retryAfter());
                failed.residue().forEach(left -> terminal.progress("          left: " + left));
                yield true;
            }
            case JoinRejected rejected -> {
                terminal.progress(after + terminal.bad("Rejected: " + rejected.reason()) + ": " + rejected.detail()
                        + ". To do: " + rejected.reason().remedy());
                yield true;
            }
        };
    }
}
