package io.nodejoin.cli;

import io.nodejoin.protocol.Phase;

/** The exit codes of every command. A command that is interrupted ends with 130, as the shell says it. */
public final class ExitCodes {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int UNREACHABLE = 3;
    public static final int NOT_FOUND = 4;
    public static final int STILL_RUNNING = 5;
    public static final int REJECTED = 6;
    public static final int INTERRUPTED = 130;

    private ExitCodes() {}

    /** Returns the exit code of a command that shows a request in this phase. */
    static int ofPhase(Phase phase) {
        return switch (phase) {
            case Joined, Left -> OK;
            case Failed, Cancelled -> FAILED;
            case Rejected -> REJECTED;
            case Requested,
                    AgentConnected,
                    HostPrepared,
                    TokenIssued,
                    CertificateIssued,
                    KubeletStarted,
                    NodeReady,
                    Compensating,
                    Cordoned,
                    Drained -> STILL_RUNNING;
        };
    }
}
