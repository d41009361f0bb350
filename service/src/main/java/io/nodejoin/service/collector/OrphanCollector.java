package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.node.JoiningNode;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Lists orphans of one cluster and deletes them one by one. Each method with an effect writes its audit entry first, is
 * preconditioned, and is idempotent.
 */
interface OrphanCollector {

    /** Returns the current orphan candidates: all entries of ledger and outbox, and Nodes that no machine has registered with. */
    List<OrphanedJoin> listOrphans();

    /** Returns the time of the cluster's clock. */
    Instant now();

    /** Deletes the token. Returns false if it was absent. */
    boolean revokeToken(TokenLedger.Entry entry);

    /** Removes the token's signature from cluster-info. */
    void removeSignature(TokenRef token);

    /** Denies the token's pending CSRs. */
    void denyPendingCsrs(TokenRef token);

    /** Deletes this Node, which a join has created, unless a machine has registered with it. */
    void removeCreatedNode(JoiningNode node);

    /** Deletes the Node of this join. Returns a line of residue if it must stay, or cannot be deleted. */
    Optional<String> removeNode(OrphanedJoin orphan);

    /**
     * Quarantines the name for as long as certificates issued under the tokens of this join are valid, since their keys
     * may still be on its host.
     *
     * @return the quarantine; empty if there is no such certificate
     */
    Optional<NameQuarantine> quarantineName(OrphanedJoin orphan);

    /** Returns the UID of this join's Node, if the cluster has a record that the join made it Ready. */
    Optional<String> findReadyNode(OrphanedJoin orphan);

    /** Returns the Node of this name, if there is one. */
    Optional<NodeState.Registered> findNode(NodeRef node);

    /** Uncordons the node if this leave cordoned it. */
    void uncordon(PendingOutcome pendingLeave);

    /**
     * Stores this outcome in the outbox, unless it has one already.
     *
     * @return the stored outcome
     */
    OutcomeEvent putOutcomeIfAbsent(PendingOutcome pending, OutcomeEvent outcome);

    /** Publishes an outcome. */
    void publish(OutcomeEvent outcome);

    /**
     * Stores in the outbox, once, the requests that were queued behind this one: an entry that returned after its
     * outcome would have its outcome published with other bytes.
     */
    void putQueued(PendingOutcome pending, List<PendingOutcome> queued);

    /** Deletes an entry of the token ledger. */
    void deleteEntry(TokenLedger.Entry entry);

    /** Deletes an entry of the outbox. */
    void deleteEntry(PendingOutcome pending);

    /** Deletes the entry of a run that has decided its outcome, once that is published if the broker had refused it. */
    default void endEntry(PendingOutcome pending) {
        if (pending.refused() != null) {
            publish(pending.refused());
        }
        deleteEntry(pending);
    }
}
