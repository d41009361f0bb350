package io.nodejoin.protocol;

/** What a join has reached. The constant's name is the word in events, metrics, search attributes, CLI, logs and docs. */
public enum Phase {
    Requested(false),
    AgentConnected(false),
    HostPrepared(false),
    TokenIssued(false),
    KubeletStarted(false),
    CertificateIssued(false),
    NodeReady(false),
    Compensating(false),
    Joined(true),
    Failed(true),
    Cancelled(true),
    Rejected(true);

    private final boolean terminal;

    Phase(boolean terminal) {
        this.terminal = terminal;
    }

    /** Whether a join in this phase has ended. */
    public boolean terminal() {
        return terminal;
    }
}
