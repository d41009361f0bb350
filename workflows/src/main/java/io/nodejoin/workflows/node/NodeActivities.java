package io.nodejoin.workflows.node;

import io.nodejoin.workflows.temporal.StepOptions;
import io.temporal.activity.ActivityInterface;

/** Node objects of one cluster, and what Nodejoin records of them. */
@ActivityInterface(namePrefix = "Node_")
public interface NodeActivities {

    /** Checks whether the name is free, or in use by the requested node. Read-only. */
    NameAvailability checkName(NameCheckRequest request);

    /**
     * Deletes the Node of this name if it belongs to this machine, then waits until no pod is bound to the name.
     * Heartbeats. Returns Free at the end; Taken if the Node belongs to another machine, or if the name was still in
     * use at the deadline. Idempotent: a second call continues to wait.
     */
    NameAvailability freeName(FreeNameRequest request);

    /**
     * Creates the Node with the requested labels and taints, annotations that name join and attempt, and a taint that
     * keeps pods away until the machine has registered. Idempotent: a second call of the same run returns the Node of the
     * first one. Replaces a Node that another attempt of the join has left.
     */
    NodeCreationResult create(NodeCreation creation);

    /** Deletes the Node of this name if this attempt has created it. Succeeds if there is none. Idempotent. */
    void deleteCreated(CreatedNodeRef created);

    /** Records the machine of the Node. Overwrites the record of an earlier Node of the name. Idempotent. */
    void recordJoined(JoinedNode node);

    /**
     * Marks the recorded Node before its host is reset: it is never the result of a later join, even while Kubernetes
     * reports it Ready. Lasts until another Node is recorded. No effect without a record. Idempotent.
     */
    void markReset(ResetMarker marker);

    /** Returns which join created the Node of this name. Read-only. */
    NodeOwnership findOwner(NodeRef node);

    /**
     * Waits until a Node of this name exists that was created after the approval and whose kubelet has acted: reported
     * a status or renewed the Lease in kube-node-lease. A Node older than the approval by no more than the clock skew
     * between API servers must have reported that it is on the requested machine. A Node that the join has created is
     * registered once its kubelet has reported the requested machine and holds a Lease that the Node owns, both of which
     * only the Node's own identity may write. If the request has conditions of readiness, then does as {@link #awaitReady} for
     * {@link StepOptions#PROMPT_READY}: returns Ready, or Registered if it was not Ready by then. Heartbeats. Idempotent: a
     * second call finds the same Node.
     */
    NodeState awaitRegistered(RegistrationRequest request);

    /**
     * Sets labels and taints of the node, removes the taint of its creation, then waits until it is Ready by a heartbeat of this kubelet, under the
     * expected identity, with its ready gates met. Heartbeats. Idempotent.
     */
    NodeState awaitReady(ReadyRequest request);

    /** Quarantines the name. Merges with an existing quarantine, which it never shortens. Idempotent. */
    void quarantineName(NameQuarantine quarantine);

    /** Deletes the Node by name and UID, and its record. Succeeds if it is absent or has another UID. Idempotent. */
    void delete(NodeIdentity node);
}
