package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.AuditTrail;
import io.nodejoin.dashboard.text.Format;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.visibility.event.PublishedEvent;
import io.nodejoin.visibility.join.HistoryMessage;
import io.nodejoin.visibility.join.HistoryStep;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.RequestKind;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The page of one join or leave.
 *
 * @param events what was published of it, as far as it is in memory
 * @param log the log of its host
 * @param temporal the address of its workflow in Temporal's UI; null if that is not configured
 * @param docs the address of the documents; null if that is not configured
 */
public record JoinView(
        PageLayout layout,
        JoinDetails details,
        List<PublishedEvent> events,
        HostLogView log,
        Instant now,
        @Nullable String temporal,
        @Nullable String docs) {
    private static final String PUBLISH = "Event_Publish";
    private static final Set<Phase> TAKING_BACK = EnumSet.of(Phase.Compensating, Phase.Failed, Phase.Cancelled);

    public JoinView {
        events = List.copyOf(events);
    }

    public JoinSummary summary() {
        return details.summary();
    }

    public String node() {
        return summary().node().name().value();
    }

    public String cluster() {
        return summary().node().cluster().value();
    }

    public StateBadge badge() {
        return StateBadge.of(summary());
    }

    public String kind() {
        return summary().kind() == RequestKind.LEAVE ? "Leave" : "Join";
    }

    /** Returns where it stands, in a sentence. */
    public String sentence() {
        String time = Format.duration(summary().age(now));
        if (!summary().open()) {
            return kind() + " ended after " + time + ".";
        }
        JoinProgress progress = details.progress();
        String waits = progress == null ? "" : " Waiting for " + progress.waitingFor() + ".";
        return "In phase " + summary().phase() + ", running for " + time + "." + waits;
    }

    /** Returns how long it may take yet; null if it has ended or that is not known. */
    public @Nullable String deadline() {
        JoinProgress progress = details.progress();
        return progress == null || !summary().open()
                ? null
                : "Deadline " + Format.time(progress.deadline(), now) + " UTC, in "
                        + Format.duration(Duration.between(now, progress.deadline()));
    }

    /** Returns the phases from the workflow, or from the events if no worker answers. */
    public List<PhaseTime> phases() {
        JoinProgress progress = details.progress();
        return progress == null
                ? events.stream().flatMap(event -> phase(event).stream()).toList()
                : progress.phases();
    }

    private static Optional<PhaseTime> phase(PublishedEvent event) {
        return event.data() instanceof JoinPhaseChanged changed
                ? Optional.of(new PhaseTime(changed.phase(), changed.at()))
                : Optional.empty();
    }

    public Timeline timeline() {
        Instant closed = summary().closedAt();
        return Timeline.of(phases(), steps(), closed == null ? now : closed);
    }

    /** Returns how many attempts it has made. */
    public long attempts() {
        List<Phase> reached = phases().stream().map(PhaseTime::phase).toList();
        long again = 0;
        for (int i = 1; i < reached.size(); i++) {
            again += reached.get(i - 1) == Phase.Compensating && !reached.get(i).terminal() ? 1 : 0;
        }
        return again + 1;
    }

    /** Returns what failed; null if nothing did. */
    public @Nullable Problem problem() {
        JoinProgress progress = details.progress();
        if (progress != null && progress.problem() != null) {
            return progress.problem();
        }
        ErrorCode reason = summary().reason();
        return reason == null ? null : new Problem(reason, reason.meaning());
    }

    /** Returns the address of the page about an error code; null if the documents have none. */
    public @Nullable String codePage(ErrorCode code) {
        return docs == null ? null : docs + code.page();
    }

    /** Returns the activities but those that only publish. */
    public List<HistoryStep> steps() {
        return details.history().steps().stream()
                .filter(step -> !step.activity().equals(PUBLISH))
                .toList();
    }

    /** Returns the activities that took something back: those of each phase of compensation. */
    public List<HistoryStep> undone() {
        return steps().stream().filter(this::isCompensation).toList();
    }

    private boolean isCompensation(HistoryStep step) {
        for (PhaseTime phase : phases().reversed()) {
            if (!phase.at().isAfter(step.scheduledAt())) {
                return TAKING_BACK.contains(phase.phase());
            }
        }
        return false;
    }

    /** Returns what could not be taken back, as the outcome says it; null if there is no outcome in memory. */
    public @Nullable List<String> residue() {
        return events.stream()
                .flatMap(event -> residue(event).stream())
                .reduce((_, later) -> later)
                .orElse(null);
    }

    private static Optional<List<String>> residue(PublishedEvent event) {
        return switch (event.data()) {
            case JoinFailed end -> Optional.of(end.residue());
            case JoinCancelled end -> Optional.of(end.residue());
            case LeaveFailed end -> Optional.of(end.residue());
            case LeaveSucceeded end -> Optional.of(end.residue());
            default -> Optional.empty();
        };
    }

    /** Returns what an event says beyond its type. */
    public static String text(PublishedEvent event) {
        return switch (event.data()) {
            case JoinPhaseChanged changed ->
                changed.phase() + (changed.reason() == null ? "" : ", " + changed.reason());
            case JoinFailed end -> end.reason() + ": " + end.detail();
            case JoinCancelled end -> end.detail();
            case LeaveFailed end -> end.reason() + ": " + end.detail();
            case JoinSucceeded end -> "Node UID " + end.nodeUid();
            default -> "";
        };
    }

    /** Returns the short name of an event's type. */
    public static String type(PublishedEvent event) {
        return event.type().replaceFirst("^io\\.nodejoin\\.", "").replaceFirst("\\.v\\d+$", "");
    }

    public List<HistoryMessage> messages() {
        return details.history().messages();
    }

    /** Returns whether the one who looks may abort it now. */
    public boolean mayAbort() {
        return summary().open() && layout.mayAct();
    }

    /** Returns the entries of the audit log about this join, and about its node. */
    public String auditHref() {
        JoinId id = summary().joinId();
        return new AuditQuery(
                        id == null ? "" : id.value(),
                        summary().node().cluster() + "/" + summary().node().name(),
                        AuditTrail.END)
                .href(AuditTrail.END);
    }

    public String abortHref() {
        return Links.abort(summary().node());
    }

    /** Returns whether the one who looks may give it a later deadline now: a leave has none that can be changed. */
    public boolean mayExtend() {
        return mayAbort() && summary().kind() == RequestKind.JOIN;
    }

    public String extendHref() {
        return Links.extend(summary().node());
    }

    /** Returns the command that requests a failed join again; null if it has not failed. */
    public @Nullable String retryCommand() {
        boolean failed = !summary().open() && problem() != null && summary().kind() == RequestKind.JOIN;
        return failed ? "nodejoin retry " + cluster() + "/" + node() : null;
    }

    /** Returns the badge of a step. */
    public static StateBadge badge(HistoryStep step) {
        return switch (step.state()) {
            case WAITING -> new StateBadge("muted", "○", "waiting");
            case RUNNING -> new StateBadge("running", "◐", "running");
            case COMPLETED -> new StateBadge("ok", "●", "done");
            case FAILED -> new StateBadge("bad", "■", "failed");
            case TIMED_OUT -> new StateBadge("bad", "■", "timed out");
            case CANCELLED -> new StateBadge("muted", "○", "cancelled");
        };
    }
}
