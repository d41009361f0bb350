package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status of a join's workflow in Temporal. */
sealed interface WorkflowStatus {

    /** The workflow runs and compensates itself. */
    record Running() implements WorkflowStatus {}

    /** The workflow belongs to another Temporal namespace, and so to another service. */
    record OtherNamespace(String why) implements WorkflowStatus {}

    /** Temporal is unavailable, so the join may be running. */
    record Unreachable(String why) implements WorkflowStatus {}

    /** Temporal does not return this workflow, so the join may be running. */
    record Unknown(String why) implements WorkflowStatus {}

    /**
     * The workflow is closed.
     *
     * @param how how it was closed, for people
     * @param phases the phases that it reached; empty if Temporal does not know
     * @param outcome what is known of its outcome
     * @param joined whether the node was joined; always no for a leave
     * @param queued the requests that were to follow it and have no outcome, as the outbox should contain them
     * @param closedAt when the workflow was closed, by Temporal's clock; null if unknown
     * @param followed whether another request of the node has run since
     * @param machinePool the pool that the run had a machine of, or may have; null if it had none
     */
    record Closed(
            String how,
            List<PhaseTime> phases,
            OutcomeState outcome,
            Joined joined,
            List<PendingOutcome> queued,
            @Nullable Instant closedAt,
            boolean followed,
            @Nullable PoolName machinePool)
            implements WorkflowStatus {
        public Closed {
            phases = List.copyOf(phases);
            queued = List.copyOf(queued);
        }

        Closed(String how, List<PhaseTime> phases, OutcomeState outcome, Joined joined, @Nullable Instant closedAt) {
            this(how, phases, outcome, joined, List.of(), closedAt, false, null);
        }

        /** Creates the status of a workflow whose close time is unknown. */
        Closed(String how, List<PhaseTime> phases, OutcomeState outcome, Joined joined) {
            this(how, phases, outcome, joined, null);
        }

        /** Returns this status of a request that another one of the node has followed. */
        Closed whenFollowed() {
            return new Closed(how, phases, outcome, joined, queued, closedAt, true, machinePool);
        }

        /** Returns whether the run decided the outcome, so that it has compensated itself. */
        boolean isDecided() {
            return outcome.published() || outcome.recorded() != null;
        }

        boolean hasReached(Phase phase) {
            return phases.stream().anyMatch(reached -> reached.phase() == phase);
        }
    }

    /** Whether a closed join had reached {@link Phase#Joined}: its Node then belongs to the requester, and stays. */
    enum Joined {
        YES,
        NO,
        /** Temporal has lost the run. */
        UNKNOWN
    }

    /**
     * How far a closed join came with its outcome.
     *
     * @param published whether it is published
     * @param recorded the outcome that the workflow built and may have published; consumers recognise a second
     *     publication
     */
    record OutcomeState(boolean published, @Nullable OutcomeEvent recorded) {
        static final OutcomeState PUBLISHED = new OutcomeState(true, null);
        static final OutcomeState PENDING = new OutcomeState(false, null);
    }
}
