package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
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

/** Builds the outcome event of an orphaned join or leave. Pure. */
final class TerminatedOutcome {
    private static final String HOST =
            "Host: not reset: what was prepared on it is still there, and its kubelet if it was started"
                    + " (replace the host)";

    private TerminatedOutcome() {}

    /**
     * What a terminated join leaves under its name.
     *
     * @param remainingNode the residue line of the Node that stays, if one does
     * @param quarantine the quarantine of the name, if there is one
     */
    record Name(@Nullable String remainingNode, @Nullable NameQuarantine quarantine) {
        static final Name FREE = new Name(null, null);

        List<String> residue() {
            return Stream.of(remainingNode, quarantine == null ? null : quarantine.residueLine())
                    .filter(Objects::nonNull)
                    .toList();
        }

        /** When the quarantine ends, if it excludes every machine. */
        @Nullable Instant lostUntil() {
            return quarantine == null ? null : quarantine.blockedForAllUntil();
        }
    }

    /** Builds the failure of a join that is not known to have succeeded. */
    static OutcomeEvent joinFailed(
            PendingOutcome pending, WorkflowStatus.Closed closed, List<String> residue, Name name, Instant now) {
        return announcement(pending, Phase.Failed, now, failed(pending, closed, residue, name, now));
    }

    /** Builds the failure of a leave that is not known to have completed. */
    static OutcomeEvent leaveFailed(
            PendingOutcome pending, WorkflowStatus.Closed closed, List<String> residue, Instant now) {
        return announcement(pending, Phase.Failed, now, failed(pending, closed, residue, now));
    }

    /**
     * Builds the success of a join that had reached Joined. A join that found its node already joined has no Ready
     * phase.
     */
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
                        closed.hasReached(Phase.NodeReady) ? null : Boolean.TRUE,
                        pending.pool()));
    }

    /** Has the id that the workflow's own outcome would have had, so that consumers recognise a duplicate. */
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
                ErrorCode.TERMINATED.reasonClass(),
                "the workflow of the join of " + pending.node() + " " + closed.how()
                        + "; the garbage collector revoked its token and deleted what it had in the cluster",
                ErrorCode.TERMINATED.retryableByNewRequest(),
                retryAfter(pending, name, now),
                true,
                left,
                List.of(),
                phases(pending, closed, now),
                pending.pool());
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
                        + "; see residue for what is left",
                ErrorCode.TERMINATED.retryableByNewRequest(),
                RetryAfter.forReason(ErrorCode.TERMINATED, pending.joinId()),
                residue,
                phases(pending, closed, now),
                pending.pool());
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
