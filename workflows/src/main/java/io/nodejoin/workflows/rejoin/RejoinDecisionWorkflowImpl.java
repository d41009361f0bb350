package io.nodejoin.workflows.rejoin;

import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.StepOptions;

/** One activity. */
public final class RejoinDecisionWorkflowImpl implements RejoinDecisionWorkflow {
    private final LocalActivities localActivities = new LocalActivities();

    @Override
    public RejoinDecision decide(RejoinClaim claim) {
        return localActivities.call(
                RejoinActivities.class,
                StepOptions.read("Decide whether the machine of " + claim.node().name() + " may rejoin"),
                activities -> activities.decide(claim));
    }
}
