package io.nodejoin.service.collector;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What one cluster knows of requests whose workflow may have ended without taking them back. */
interface ClusterOrphans {

    /** Returns the current candidates: all entries of ledger and outbox, and Nodes that no machine has registered with. */
    List<OrphanedJoin> list();

    /** Returns the time of the cluster's clock. */
    Instant now();

    /** Returns the Node of this name, if there is one. */
    Optional<NodeState.Registered> findNode(NodeRef node);

    /** Returns whether this join, or a kubelet with one of its certificates, has created the Node of this UID. */
    boolean isNodeOf(OrphanedJoin orphan, NodeState.Registered node);

    /** Returns the UID of this join's Node, if the cluster has a record that the join made it Ready. */
    Optional<String> findReadyNode(OrphanedJoin orphan);

    /** Returns the machine of this join, if the cluster has a record of it. */
    Optional<String> findMachineId(OrphanedJoin orphan);

    /** Deletes a token that has expired, what belongs to it, and its entry. Idempotent. */
    void deleteExpiredToken(TokenLedger.Entry entry);

    /** Deletes the record that an outcome is owed. Idempotent. */
    void delete(PendingOutcome published);
}
