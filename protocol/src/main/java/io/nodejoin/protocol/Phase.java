package io.nodejoin.protocol;

/** What a join or a leave has reached. The constant's name is the word in events, metrics, search attributes, CLI, logs and docs. */
public enum Phase {
    Requested(false),
    AgentConnected(false),
    HostPrepared(false),
    TokenIssued(false),
    KubeletStarted(false),
    CertificateIssued(false),
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

    /** Whether a join in this phase has ended. */
    public boolean terminal() {
        return terminal;
    }
}
