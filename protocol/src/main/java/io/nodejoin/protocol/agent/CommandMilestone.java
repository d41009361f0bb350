package io.nodejoin.protocol.agent;

/** A point that a running command has reached. */
public enum CommandMilestone {
    /** A named step of the plan is done. */
    StepCompleted,
    /** The kubelet's unit is active and its healthz answers. */
    KubeletActive,
    /** The kubelet is stopped and disabled. */
    KubeletStopped,
    /** The API server refuses the token with 401. */
    TokenRefused
}
