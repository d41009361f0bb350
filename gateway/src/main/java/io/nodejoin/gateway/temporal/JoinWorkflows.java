package io.nodejoin.gateway.temporal;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Queries and signals of the gateway to running joins. Every method is idempotent, and throws a
 * {@link RuntimeException} if Temporal does not respond.
 */
public interface JoinWorkflows {

    /** Returns the running join of this node, or empty; one that waits for a machine of a pool has no agent yet, and does not count. */
    Optional<RunningJoin> findRunningJoin(NodeRef node);

    /**
     * Returns the running joins, leaves and cleanups that have started since, oldest last; of very many not all. Temporal may list
     * one seconds after its start.
     */
    List<StartedJoin> findStartedSince(Instant since);

    /** Returns whether the latest join of this node is this one and has succeeded. */
    boolean isJoined(NodeRef node, JoinId join);

    /** Returns the join's decision on this proof; empty if no join of the node runs. */
    Optional<EnrollmentDecision> enroll(NodeRef node, EnrollmentProof proof);

    /** Signals the agent's connection to this run. Returns false if the run is closed. */
    boolean agentConnected(NodeRef node, String run, AgentConnection connection);

    /** Returns the run of the cleanup after this join, if one runs. */
    Optional<String> findCleanup(NodeRef node, JoinId join);

    /** Signals the agent's connection to this run of the cleanup after its join. Returns false if the run is closed. */
    boolean cleanupConnected(NodeRef node, JoinId join, String run, AgentConnection connection);

    /** Signals to this run that its agent waits for its turn. Returns false if the run is closed. */
    boolean waitsForTurn(NodeRef node, String run);

    /** Signals a milestone to this run. Returns false if the run is closed. */
    boolean milestoneReached(NodeRef node, String run, MilestoneReport report);

    /**
     * The running join of a node.
     *
     * @param run the run id of its workflow; each run receives its own reports
     * @param awaitsAgent whether it is a join that has not begun, for which an agent has to enroll
     * @param pool the pool of its request; null if that names none
     * @param rejoin whether a machine comes back by it
     * @param secretDigest the digest of the secret that its agent shows; null if it is not known yet
     */
    record RunningJoin(
            JoinId id,
            String run,
            boolean awaitsAgent,
            @Nullable PoolName pool,
            boolean rejoin,
            @Nullable String secretDigest) {}

    /**
     * A join, a leave or a cleanup that has started.
     *
     * @param at when, by Temporal's clock
     * @param secretDigest the digest of the secret that its agent shows; null if it is not known yet
     */
    record StartedJoin(
            NodeRef node, String run, Instant at, @Nullable String secretDigest) {}

    /** The join's decision on an enrollment. */
    sealed interface EnrollmentDecision {

        /**
         * The key is bound; its certificate may be issued.
         *
         * @param run the run id of the join's workflow, which has received the proof's connection
         */
        record Bound(JoinId joinId, String run) implements EnrollmentDecision {}

        /** Wrong secret, or another key is already bound. */
        record Refused(Problem problem) implements EnrollmentDecision {}
    }
}
