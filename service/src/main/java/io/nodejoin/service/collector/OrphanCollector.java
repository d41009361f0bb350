package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.LedgerEntry;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What joins and leaves have left in one cluster, and each single act on it. An act writes its audit line first, does nothing to what
 * belongs to somebody else by now, and is harmless when it is repeated.
 */
interface OrphanCollector {

    /** What the ledger holds now. */
    List<OrphanedJoin> listOrphans();

    /** The cluster's clock. */
    Instant now();

    /** Deletes the token; false if it was gone already. */
    boolean revokeToken(LedgerEntry entry);

    /** Removes the token's signature from cluster-info. */
    void removeSignature(TokenRef token);

    /** Denies what was asked for with the token and is undecided. */
    void denyPendingCsrs(TokenRef token);

    /** Removes the Node of this join; what may not be removed, or not by Nodejoin, comes back as a line of residue. */
    Optional<String> removeNode(OrphanedJoin orphan);

    /**
     * Holds the name back as long as certificates live that were issued under the tokens of this join: nobody has looked for their keys on
     * its host.
     *
     * @return the hold; empty if there is no such certificate
     */
    Optional<NameQuarantine> quarantineName(OrphanedJoin orphan);

    /** The UID of the Node of this join, if the cluster has noted that the join had brought this very Node to Ready. */
    Optional<String> findReadyNode(OrphanedJoin orphan);

    /** The Node of this name, if there is one. */
    Optional<NodeState.Registered> findNode(NodeRef node);

    /** Has the scheduler take the node in again, if it was this leave that cordoned it. */
    void uncordon(PendingOutcome pendingLeave);

    /**
     * Has the ledger hold this outcome, unless it holds one already.
     *
     * @return the outcome that the ledger holds
     */
    OutcomeEvent putOutcomeIfAbsent(PendingOutcome pending, OutcomeEvent outcome);

    /** Tells an outcome. */
    void publish(OutcomeEvent outcome);

    /** Has the ledger hold that this outcome is owed, if it does not yet. */
    void putPending(PendingOutcome pending);

    /** Ends an entry of the ledger of tokens. */
    void deleteEntry(LedgerEntry entry);

    /** Ends an entry of the joins and leaves whose outcome is owed. */
    void deleteEntry(PendingOutcome pending);
}
