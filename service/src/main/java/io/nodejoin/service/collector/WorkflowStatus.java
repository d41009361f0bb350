package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Temporal says of a join that the ledger knows. */
sealed interface WorkflowStatus {

    /** Its workflow runs: whatever it has is its own to take back. */
    record Running() implements WorkflowStatus {}

    /** Its workflow is none of this service's business. */
    record OtherNamespace(String why) implements WorkflowStatus {}

    /** Temporal cannot be asked now, so the join may be running. */
    record Unreachable(String why) implements WorkflowStatus {}

    /** Temporal does not tell of this one join, so it may be running. */
    record Unknown(String why) implements WorkflowStatus {}

    /**
     * Its workflow does not run, and will not.
     *
     * @param how in what way it ended, for people
     * @param phases what it had reached; none if Temporal does not know
     * @param outcome what is known of its outcome
     * @param joined whether its node was joined by then; never by a leave
     * @param queued the requests that were to follow it and have no outcome, as the ledger should hold them
     * @param closedAt when its workflow ended, by Temporal's clock; null if Temporal does not tell
     */
    record Closed(
            String how,
            List<PhaseTime> phases,
            OutcomeState outcome,
            Joined joined,
            List<PendingOutcome> queued,
            @Nullable Instant closedAt)
            implements WorkflowStatus {
        public Closed {
            phases = List.copyOf(phases);
            queued = List.copyOf(queued);
        }

        Closed(String how, List<PhaseTime> phases, OutcomeState outcome, Joined joined, @Nullable Instant closedAt) {
            this(how, phases, outcome, joined, List.of(), closedAt);
        }

        /** Of one whose end Temporal does not tell. */
        Closed(String how, List<PhaseTime> phases, OutcomeState outcome, Joined joined) {
            this(how, phases, outcome, joined, null);
        }

        boolean hasReached(Phase phase) {
            return phases.stream().anyMatch(reached -> reached.phase() == phase);
        }
    }

    /** Whether a join that is over had reached {@link Phase#Joined}: what it brought about is its requester's then, and stays. */
    enum Joined {
        YES,
        NO,
        /** Temporal has lost the run. */
        UNKNOWN
    }

    /**
     * How far a join that is over came with its outcome.
     *
     * @param published whether it is out
     * @param recorded the outcome that the workflow had made and may have told; to tell it once more is recognisable
     */
    record OutcomeState(boolean published, @Nullable OutcomeEvent recorded) {
        static final OutcomeState PUBLISHED = new OutcomeState(true, null);
        static final OutcomeState PENDING = new OutcomeState(false, null);
    }
}
