package io.nodejoin.service.collector;

import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The nodes of one cluster outside their joins, and each single act on them. An act writes its audit line first. */
interface MonitoredNodes {

    /** The names that are held back, those whose time is over included. */
    List<NameQuarantine> quarantines();

    /** When the last certificate ends that each of these nodes has got by an earlier one of its own, if it has. */
    Map<NodeRef, Instant> latestRenewals(Set<NodeRef> nodes);

    /** Writes this hold, which is a longer one than there was. */
    void quarantine(NameQuarantine quarantine);

    /** The nodes that a join is bringing about now. */
    Set<NodeRef> nodesBeingJoined();

    /** The UID that the Node of this name had when a join brought it to Ready last. */
    Optional<String> findJoinedUid(NodeRef node);

    /** All that joins have brought to Ready and nobody has forgotten. */
    List<NodeIdentity> joinedNodes();

    /** The UID of the Node of this name, if there is one now. */
    Optional<String> findUid(NodeRef node);

    /** The UID of each Node that the cluster has. */
    Map<NodeRef, String> listUids();

    /** The cluster's clock. */
    Instant now();

    /** Removes this very Node. */
    void remove(NodeIdentity node);

    /** Ends this hold, and none that was renewed since it was read. */
    void releaseQuarantine(NameQuarantine quarantine);

    /** Ends the memory of this joined Node, and of none that was joined under its name since. */
    void deleteJoinedNode(NodeIdentity node);
}
