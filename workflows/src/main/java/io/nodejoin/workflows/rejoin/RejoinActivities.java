package io.nodejoin.workflows.rejoin;

import io.temporal.activity.ActivityInterface;

/** What the cluster knows of machines that want to rejoin. */
@ActivityInterface(namePrefix = "Rejoin_")
public interface RejoinActivities {

    /** Decides the claim by the joined-node record and the Node's state. Read-only: a second call decides anew. */
    RejoinDecision decide(RejoinClaim claim);
}
