package io.nodejoin.activities.kubernetes.node;

import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The nodes of one cluster after their joins. Each method with an effect writes its audit entry first. */
public interface MonitoredNodes {

    /** Returns the quarantined names, including expired quarantines. */
    List<NameQuarantine> quarantines();

    /** Returns the latest expiry of the certificates that each of these nodes has renewed, if it has. */
    Map<NodeRef, Instant> latestRenewals(Set<NodeRef> nodes);

    /** Extends a quarantine. */
    void quarantine(NameQuarantine quarantine);

    /** Returns the nodes that running joins are creating, and those whose orphaned Node the garbage collector deletes. */
    Set<NodeRef> nodesBeingJoined();

    /** Returns the UID of the recorded Node of this name. */
    Optional<String> findJoinedUid(NodeRef node);

    /** Returns all recorded Nodes. */
    List<NodeIdentity> joinedNodes();

    /** Returns the current UID of the Node of this name, if there is one. */
    Optional<String> findUid(NodeRef node);

    /** Returns the UID of each Node in the cluster. */
    Map<NodeRef, String> listUids();

    /** Returns the time of the cluster's clock. */
    Instant now();

    /** Deletes the Node with this UID. */
    void remove(NodeIdentity node);

    /** Deletes this quarantine unless it has been renewed since it was read. */
    void releaseQuarantine(NameQuarantine quarantine);

    /** Deletes the record of this Node; keeps one of a Node that was joined under its name since. */
    void deleteJoinedNode(NodeIdentity node);
}
