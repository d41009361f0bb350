package io.nodejoin.protocol.agent;

/** A point that a running command has reached. The agent reports it before the command's result. */
public enum CommandMilestone {
    /** A named step of the plan is complete. */
    StepCompleted,
    /** The host has the kubelet's client certificate and needs the token no longer. */
    CertificateObtained,
    /** The kubelet's unit is active and its healthz endpoint responds. */
    KubeletActive,
    /** The kubelet is stopped and disabled. */
    KubeletStopped,
    /** The API server rejects the token with 401. */
    TokenRefused
}
