package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.workflows.cleanup.OwedOutcome;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells from an entry of the outbox, and from how the run ended, which outcome is owed. Pure. */
final class OrphanedOutcomes {
    private OrphanedOutcomes() {}

    /** Returns whether the request was decided, so that its own run has taken back what it had done. */
    static boolean isDecided(OrphanedJoin orphan, WorkflowStatus.Closed closed) {
        return closed.isDecided() || isRefused(orphan.pending());
    }

    /** Returns whether the outcome is published, and still recorded as owed. */
    static boolean isPublished(@Nullable PendingOutcome pending, WorkflowStatus.Closed closed) {
        return pending != null && !isRefused(pending) && closed.outcome().published();
    }

    /** Returns the outcome that the run has built; null if it has built none. */
    static @Nullable OutcomeEvent decided(PendingOutcome pending, WorkflowStatus.Closed closed) {
        return isRefused(pending) ? pending.refused() : closed.outcome().recorded();
    }

    static OwedOutcome owed(PendingOutcome pending, WorkflowStatus.Closed closed, @Nullable OutcomeEvent decided) {
        return new OwedOutcome(
                kind(pending),
                pending.joinId(),
                pending.acceptedEventId(),
                pending.acceptedAt(),
                pending.pool(),
                closed.phases(),
                decided);
    }

    /** Returns what is owed to a request that was queued behind one that has ended. */
    static OwedOutcome queued(PendingOutcome request) {
        return new OwedOutcome(
                kind(request),
                request.joinId(),
                request.acceptedEventId(),
                request.acceptedAt(),
                request.pool(),
                List.of(),
                null);
    }

    private static OwedOutcome.Kind kind(PendingOutcome pending) {
        return switch (pending.kind()) {
            case JOIN -> OwedOutcome.Kind.JOIN;
            case LEAVE -> OwedOutcome.Kind.LEAVE;
        };
    }

    private static boolean isRefused(@Nullable PendingOutcome pending) {
        return pending != null && pending.refused() != null;
    }
}
