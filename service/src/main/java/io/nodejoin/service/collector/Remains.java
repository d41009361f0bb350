package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.activities.kubernetes.token.LedgerEntry;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.node.NameHold;
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
interface Remains {

    /** What the ledger holds now. */
    List<Remnant> list();

    /** The cluster's clock. */
    Instant now();

    /** Deletes the token; false if it was gone already. */
    boolean revoke(LedgerEntry entry);

    /** Removes the token's signature from cluster-info. */
    void removeSignature(TokenRef token);

    /** Denies what was asked for with the token and is undecided. */
    void denyUndecided(TokenRef token);

    /** Removes the Node of this join; what may not be removed, or not by Nodejoin, comes back as a line of residue. */
    Optional<String> removeNode(Remnant remnant);

    /**
     * Holds the name back as long as certificates live that were issued under the tokens of this join: nobody has looked for their keys on
     * its host.
     *
     * @return the hold; empty if there is no such certificate
     */
    Optional<NameHold> holdName(Remnant remnant);

    /** The UID of the Node of this join, if the cluster has noted that the join had brought this very Node to Ready. */
    Optional<String> readyNode(Remnant remnant);

    /** The Node of this name, if there is one. */
    Optional<NodeState.Registered> node(NodeRef node);

    /** Has the scheduler take the node in again, if it was this leave that cordoned it. */
    void uncordon(OpenJoin leave);

    /**
     * Has the ledger hold this outcome, unless it holds one already.
     *
     * @return the outcome that the ledger holds
     */
    Announcement decide(OpenJoin owed, Announcement outcome);

    /** Tells an outcome. */
    void tell(Announcement outcome);

    /** Has the ledger hold that this outcome is owed, if it does not yet. */
    void enter(OpenJoin owed);

    /** Ends an entry of the ledger of tokens. */
    void forget(LedgerEntry entry);

    /** Ends an entry of the joins and leaves whose outcome is owed. */
    void forget(OpenJoin join);
}
