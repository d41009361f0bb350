package io.nodejoin.protocol;

/**
 * The phase of a join or a leave. The constant's name is used in events, metrics, search attributes, CLI, logs and
 * docs.
 */
public enum Phase {
    Requested(false),
    AgentConnected(false),
    HostPrepared(false),
    TokenIssued(false),
    CertificateIssued(false),
    KubeletStarted(false),
    NodeReady(false),
    Compensating(false),
    Cordoned(false),
    Drained(false),
    Joined(true),
    Failed(true),
    Cancelled(true),
    Rejected(true),
    Left(true);

    private final boolean terminal;

    Phase(boolean terminal) {
        this.terminal = terminal;
    }

    /** Returns whether a join in this phase has ended. */
    public boolean terminal() {
        return terminal;
    }
}
