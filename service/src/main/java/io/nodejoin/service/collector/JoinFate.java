package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Temporal says of a join that the ledger knows. */
sealed interface JoinFate {

    /** Its workflow runs: whatever it has is its own to take back. */
    record Running() implements JoinFate {}

    /** Its workflow is none of this service's business. */
    record Foreign(String why) implements JoinFate {}

    /** Temporal cannot be asked now, so the join may be running. */
    record Unreachable(String why) implements JoinFate {}

    /** Temporal does not tell of this one join, so it may be running. */
    record Unclear(String why) implements JoinFate {}

    /**
     * Its workflow does not run, and will not.
     *
     * @param how in what way it ended, for people
     * @param phases what it had reached; none if Temporal does not know
     * @param outcome what is known of its outcome
     * @param joined whether its node was joined by then; never by a leave
     * @param waiting the requests that were to follow it and have no outcome, as the ledger should hold them
     * @param closedAt when its workflow ended, by Temporal's clock; null if Temporal does not tell
     */
    record Over(
            String how,
            List<PhaseTime> phases,
            Outcome outcome,
            Joined joined,
            List<OpenJoin> waiting,
            @Nullable Instant closedAt)
            implements JoinFate {
        public Over {
            phases = List.copyOf(phases);
            waiting = List.copyOf(waiting);
        }

        Over(String how, List<PhaseTime> phases, Outcome outcome, Joined joined, @Nullable Instant closedAt) {
            this(how, phases, outcome, joined, List.of(), closedAt);
        }

        /** Of one whose end Temporal does not tell. */
        Over(String how, List<PhaseTime> phases, Outcome outcome, Joined joined) {
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
     * @param told whether it is out
     * @param decided the outcome that the workflow had made and may have told; to tell it once more is recognisable
     */
    record Outcome(boolean told, @Nullable Announcement decided) {
        static final Outcome TOLD = new Outcome(true, null);
        static final Outcome OWED = new Outcome(false, null);
    }
}
