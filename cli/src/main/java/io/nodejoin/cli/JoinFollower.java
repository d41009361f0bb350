package io.nodejoin.cli;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.PlainText;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows one join or leave on the events topic, and prints its phases. */
final class JoinFollower {
    private final Terminal terminal;
    private final Clock clock;
    private final JoinId joinId;
    private final String rejectionId;

    /**
     * @param rejectionId the id of the event that rejects the request: it names the record that was published, so that
     *     nobody can have the request rejected by another record with the same event id
     */
    JoinFollower(Terminal terminal, Clock clock, JoinId joinId, String rejectionId) {
        this.terminal = terminal;
        this.clock = clock;
        this.joinId = joinId;
        this.rejectionId = rejectionId;
    }

    /** Returns the outcome, or the last event before this instant; null if there was none at all. */
    LifecycleEvent.@Nullable Outcome awaitEnd(EventReader reader, Instant started, Instant end) {
        LifecycleEvent.Outcome last = null;
        while (clock.instant().isBefore(end) && !Thread.currentThread().isInterrupted()) {
            for (LifecycleEvent.Outcome event : poll(reader)) {
                last = event;
                if (printEvent(event, started)) {
                    return event;
                }
            }
        }
        return last;
    }

    private List<LifecycleEvent.Outcome> poll(EventReader reader) {
        return reader.poll().stream()
                .flatMap(found -> ReceivedEvent.parse(found).stream())
                .filter(this::concerns)
                .map(ReceivedEvent::data)
                .toList();
    }

    boolean concerns(ReceivedEvent event) {
        return event.data() instanceof JoinRejected
                ? rejectionId.equals(event.cloudEvent().getId())
                : joinId.equals(event.data().joinId());
    }

    static String outcome(LifecycleEvent.@Nullable Outcome end) {
        return switch (end) {
            case null -> "NotAccepted";
            case JoinSucceeded _ -> "Joined";
            case JoinFailed _, LeaveFailed _ -> "Failed";
            case JoinCancelled _ -> "Cancelled";
            case JoinRejected _ -> "Rejected";
            case LeaveSucceeded left -> left.nodeUid() == null ? "NotFound" : "Left";
            case JoinAccepted _, JoinPhaseChanged _, JoinRevocationUnverified _, LeaveAccepted _ -> "StillRunning";
        };
    }

    static int exitCode(LifecycleEvent.@Nullable Outcome end) {
        return switch (end) {
            case null -> ExitCodes.STILL_RUNNING;
            case JoinAccepted _, JoinPhaseChanged _, JoinRevocationUnverified _, LeaveAccepted _ ->
                ExitCodes.STILL_RUNNING;
            case JoinSucceeded _ -> ExitCodes.OK;
            case LeaveSucceeded left -> left.nodeUid() == null ? ExitCodes.NOT_FOUND : ExitCodes.OK;
            case JoinFailed _, JoinCancelled _, LeaveFailed _ -> ExitCodes.FAILED;
            case JoinRejected _ -> ExitCodes.REJECTED;
        };
    }

    /** Prints the event. Returns whether it is the outcome. */
    boolean printEvent(LifecycleEvent.Outcome event, Instant started) {
        String after =
                "%6.1f s  ".formatted(Duration.between(started, clock.instant()).toMillis() / 1000.0);
        terminal.progress(after + line(event));
        switch (event) {
            case JoinFailed failed -> {
                printRetryAfter(failed.retryAfter());
                failed.hostLog().forEach(line -> terminal.progress("          " + PlainText.of(line)));
                printResidue(failed.residue());
            }
            case LeaveFailed failed -> {
                printRetryAfter(failed.retryAfter());
                printResidue(failed.residue());
            }
            case LeaveSucceeded succeeded -> printResidue(succeeded.residue());
            default -> {}
        }
        return exitCode(event) != ExitCodes.STILL_RUNNING;
    }

    private String line(LifecycleEvent.Outcome event) {
        return switch (event) {
            case JoinAccepted accepted -> "accepted, until " + PlainTime.of(accepted.deadline());
            case JoinPhaseChanged changed ->
                changed.phase() + (changed.reason() == null ? "" : ": " + changed.reason());
            case JoinSucceeded _ -> terminal.good("Joined");
            case JoinRevocationUnverified unverified ->
                terminal.bad("token " + unverified.tokenId() + " is deleted, and its rejection not verified");
            case JoinFailed failed -> failure("Failed: ", failed.reason(), failed.detail());
            case JoinCancelled cancelled -> terminal.bad("Cancelled: ") + PlainText.of(cancelled.detail());
            case JoinRejected rejected -> failure("Rejected: ", rejected.reason(), rejected.detail());
            case LeaveAccepted accepted -> "accepted, drains until " + PlainTime.of(accepted.deadline());
            case LeaveSucceeded left ->
                left.nodeUid() == null
                        ? terminal.bad("NotFound") + ": there is no Node " + left.nodeName() + " in " + left.cluster()
                                + ", so nothing was done. To do: nodejoin list --cluster " + left.cluster()
                        : terminal.good("Left");
            case LeaveFailed failed -> failure("Failed: ", failed.reason(), failed.detail());
        };
    }

    private String failure(String outcome, ErrorCode reason, String detail) {
        return terminal.bad(outcome + reason) + ": " + PlainText.of(detail) + ". To do: " + reason.remedy();
    }

    private void printRetryAfter(@Nullable Duration after) {
        if (after != null && after.isPositive()) {
            Instant from = clock.instant().plus(after).truncatedTo(ChronoUnit.SECONDS);
            terminal.progress("          try again from " + from);
        }
    }

    private void printResidue(List<String> residue) {
        residue.forEach(left -> terminal.progress("          left: " + PlainText.of(left)));
    }
}
