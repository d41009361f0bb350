package io.nodejoin.workflows.cleanup;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.protocol.event.RetryAfter;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the outcomes of requests whose workflow ended without them. Pure. */
final class CleanupOutcomes {
    private static final ErrorCode REASON = ErrorCode.TERMINATED;
    private final NodeRef node;
    private final String how;
    private final CompensationResult result;
    private final Instant now;

    /**
     * @param how how the workflow ended
     * @param result of cleaning up after it
     */
    CleanupOutcomes(NodeRef node, String how, CompensationResult result, Instant now) {
        this.node = node;
        this.how = how;
        this.result = result;
        this.now = now;
    }

    /** Returns the outcome that is decided, or else the failure of the request. */
    OutcomeEvent outcome(OwedOutcome owed) {
        if (owed.decided() != null) {
            return owed.decided();
        }
        LifecycleEvent.Outcome failed = switch (owed.kind()) {
            case JOIN -> joinFailed(owed);
            case LEAVE -> leaveFailed(owed);
        };
        return new OutcomeEvent(
                owed.eventId(Phase.Failed), node.cluster(), node.name().value(), now, failed);
    }

    private JoinFailed joinFailed(OwedOutcome owed) {
        return new JoinFailed(
                node.cluster(),
                node.name(),
                owed.joinId(),
                REASON,
                REASON.reasonClass(),
                "the workflow of the join of " + node.name() + " " + how
                        + "; what it had done is taken back, see residue",
                REASON.retryableByNewRequest(),
                retryAfter(owed),
                result.hostMayBeDirty(),
                result.residue(),
                List.of(),
                phases(owed),
                owed.pool());
    }

    private @Nullable Duration retryAfter(OwedOutcome owed) {
        Instant blockedUntil = result.nameBlockedUntil();
        return blockedUntil == null ? RetryAfter.forReason(REASON, owed.joinId()) : RetryAfter.until(blockedUntil, now);
    }

    private LeaveFailed leaveFailed(OwedOutcome owed) {
        return new LeaveFailed(
                node.cluster(),
                node.name(),
                owed.joinId(),
                REASON,
                "the workflow of the leave of " + node.name() + " " + how + "; see residue for what is left",
                REASON.retryableByNewRequest(),
                RetryAfter.forReason(REASON, owed.joinId()),
                result.residue(),
                phases(owed),
                owed.pool());
    }

    private List<PhaseTime> phases(OwedOutcome owed) {
        List<PhaseTime> phases = new ArrayList<>(
                owed.phases().isEmpty() ? List.of(new PhaseTime(Phase.Requested, owed.acceptedAt())) : owed.phases());
        phases.add(new PhaseTime(Phase.Failed, now));
        return phases;
    }
}
