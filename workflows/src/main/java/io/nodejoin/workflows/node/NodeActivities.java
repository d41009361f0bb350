package io.nodejoin.workflows.node;

import io.temporal.activity.ActivityInterface;

/** Node objects of one cluster. */
@ActivityInterface(namePrefix = "Node_")
public interface NodeActivities {

    /** Looks whether the name is free, or held by the node that is asked for. Changes nothing. */
    NameAvailability checkName(NameCheckRequest request);

    /**
     * Deletes the Node of this name if it is of this machine, then waits until nothing is bound to the name. Heartbeats.
     * Free at the end; Taken if it is of another machine, or if something held the name at the deadline. A second call goes
     * on with waiting.
     */
    NameAvailability freeName(FreeNameRequest request);

    /** Notes which machine the Node was made of. A note on an earlier Node of the name is overwritten; a second call is harmless. */
    void recordJoined(JoinedNode node);

    /**
     * Notes, before a host is reset, that its kubelet cannot be relied on any more: from then on the noted Node is no join's result, however
     * long Kubernetes takes it for Ready. Lasts until a Node is remembered anew. Where nothing is noted, nothing changes; nor does it by a
     * second call.
     */
    void markReset(ResetMarker marker);

    /** Looks who made the Node of this name. Changes nothing. */
    NodeOwnership findOwner(NodeRef node);

    /**
     * Waits until a Node of this name exists that was created after the approval and has acted as itself: reported a
     * status or renewed its Lease in kube-node-lease. One that is older than the approval by no more than the clocks of two API servers may
     * differ must have reported that it is on the ordered machine. Heartbeats. A second call finds the same Node.
     */
    NodeState awaitRegistered(RegistrationRequest request);

    /**
     * Puts labels and taints on the node, then waits until it is Ready by a heartbeat of this kubelet, under the expected
     * identity, with its ready gates met. Heartbeats. A second call finds the same and changes nothing.
     */
    NodeState awaitReady(ReadyRequest request);

    /** Holds the name back. One that is held already stays held for as long as either says; a second call is harmless. */
    void quarantineName(NameQuarantine quarantine);

    /** Deletes the Node by name and UID, and the note on it. Absent, or of another UID, counts as removed; a second call is harmless. */
    void delete(NodeIdentity node);
}
