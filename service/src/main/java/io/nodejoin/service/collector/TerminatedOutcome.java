package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.protocol.event.ReasonClass;
import io.nodejoin.protocol.event.RetryAfter;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NameQuarantine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The outcome of a join or a leave that could not tell its own. Pure. */
final class TerminatedOutcome {
    private static final String HOST =
            "Host: not reset: whatever was prepared on it is still there, and its kubelet if it was started"
                    + " (replace the host)";

    private TerminatedOutcome() {}

    /**
     * What became of a join's name.
     *
     * @param remainingNode the line that names the Node that stays under it, if one does
     * @param quarantine that keeps it from others, if one does
     */
    record Name(@Nullable String remainingNode, @Nullable NameQuarantine quarantine) {
        static final Name FREE = new Name(null, null);

        List<String> residue() {
            return Stream.of(remainingNode, quarantine == null ? null : quarantine.residueLine())
                    .filter(Objects::nonNull)
                    .toList();
        }

        /** When any machine may have it again, if none may have it now. */
        @Nullable Instant lostUntil() {
            return quarantine == null ? null : quarantine.blockedForAllUntil();
        }
    }

    /** The failure of a join that did not succeed, as far as is known. */
    static OutcomeEvent joinFailed(
            PendingOutcome pending, WorkflowStatus.Closed closed, List<String> residue, Name name, Instant now) {
        return announcement(pending, Phase.Failed, now, failed(pending, closed, residue, name, now));
    }

    /** The failure of a leave that did not end, as far as is known. */
    static OutcomeEvent leaveFailed(
            PendingOutcome pending, WorkflowStatus.Closed closed, List<String> residue, Instant now) {
        return announcement(pending, Phase.Failed, now, failed(pending, closed, residue, now));
    }

    /** The success of a join that had reached it. A join that found its node joined before has not waited for it. */
    static OutcomeEvent joinSucceeded(
            PendingOutcome pending, WorkflowStatus.Closed closed, String nodeUid, Instant now) {
        return announcement(
                pending,
                Phase.Joined,
                now,
                new JoinSucceeded(
                        pending.cluster(),
                        pending.node(),
                        pending.joinId(),
                        nodeUid,
                        closed.phases(),
                        closed.hasReached(Phase.NodeReady) ? null : Boolean.TRUE));
    }

    /** Has the id that the workflow's own outcome would have had: to tell it twice is recognisable. */
    private static OutcomeEvent announcement(
            PendingOutcome pending, Phase end, Instant now, LifecycleEvent.Outcome outcome) {
        return new OutcomeEvent(
                pending.outcomeEventId(end), pending.cluster(), pending.node().value(), now, outcome);
    }

    private static JoinFailed failed(
            PendingOutcome pending, WorkflowStatus.Closed closed, List<String> residue, Name name, Instant now) {
        List<String> left = new ArrayList<>(residue);
        left.addAll(name.residue());
        left.add(HOST);
        return new JoinFailed(
                pending.cluster(),
                pending.node(),
                pending.joinId(),
                ErrorCode.TERMINATED,
                ReasonClass.of(ErrorCode.TERMINATED),
                "the workflow of the join of " + pending.node() + " " + closed.how()
                        + "; the garbage collector revoked its token and deleted what it had in the cluster",
                ErrorCode.TERMINATED.retryableByNewRequest(),
                retryAfter(pending, name, now),
                true,
                left,
                List.of(),
                phases(pending, closed, now));
    }

    private static @Nullable Duration retryAfter(PendingOutcome pending, Name name, Instant now) {
        Instant lostUntil = name.lostUntil();
        return lostUntil == null
                ? RetryAfter.forReason(ErrorCode.TERMINATED, pending.joinId())
                : RetryAfter.until(lostUntil, now);
    }

    private static LeaveFailed failed(
            PendingOutcome pending, WorkflowStatus.Closed closed, List<String> residue, Instant now) {
        return new LeaveFailed(
                pending.cluster(),
                pending.node(),
                pending.joinId(),
                ErrorCode.TERMINATED,
                "the workflow of the leave of " + pending.node() + " " + closed.how()
                        + "; the residue says what it did not finish",
                ErrorCode.TERMINATED.retryableByNewRequest(),
                RetryAfter.forReason(ErrorCode.TERMINATED, pending.joinId()),
                residue,
                phases(pending, closed, now));
    }

    private static List<PhaseTime> phases(PendingOutcome pending, WorkflowStatus.Closed closed, Instant now) {
        List<PhaseTime> phases = new ArrayList<>(
                closed.phases().isEmpty()
                        ? List.of(new PhaseTime(Phase.Requested, pending.acceptedAt()))
                        : closed.phases());
        phases.add(new PhaseTime(Phase.Failed, now));
        return phases;
    }
}
