package io.nodejoin.dashboard.page;

import io.nodejoin.protocol.Phase;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.RunStatus;

/**
 * The state of a join as colour, shape and word.
 *
 * @param tone the class of the colour
 */
public record StateBadge(String tone, String shape, String word) {

    /** Returns the badge of a join or leave. */
    public static StateBadge of(JoinSummary join) {
        if (join.status() == RunStatus.TERMINATED || join.status() == RunStatus.TIMED_OUT) {
            return new StateBadge("bad", "■", "Terminated");
        }
        if (!join.open() && !join.phase().terminal()) {
            return new StateBadge("muted", "○", "Superseded");
        }
        return of(join.phase());
    }

    /** Returns the badge of a phase. */
    public static StateBadge of(Phase phase) {
        return switch (phase) {
            case Requested,
                    AgentConnected,
                    HostPrepared,
                    TokenIssued,
                    CertificateIssued,
                    KubeletStarted,
                    NodeReady,
                    Cordoned,
                    Drained -> new StateBadge("running", "◐", "Running");
            case Compensating -> new StateBadge("attention", "▲", "Compensating");
            case Joined -> new StateBadge("ok", "●", "Joined");
            case Left -> new StateBadge("ok", "●", "Left");
            case Failed -> new StateBadge("bad", "■", "Failed");
            case Rejected -> new StateBadge("bad", "■", "Rejected");
            case Cancelled -> new StateBadge("muted", "○", "Cancelled");
        };
    }
}
