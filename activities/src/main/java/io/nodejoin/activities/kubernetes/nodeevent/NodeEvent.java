package io.nodejoin.activities.kubernetes.nodeevent;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import java.util.Optional;

/**
 * What an Event on a Node says. Reasons are stable: people and tools filter by them.
 *
 * @param warning whether its type is Warning rather than Normal
 * @param reason a word in CamelCase
 */
record NodeEvent(JoinId join, boolean warning, String reason, String note) {
    /** Returns what the Node's readers are told of this event, if anything. */
    static Optional<NodeEvent> of(LifecycleEvent.Outcome event) {
        return switch (event) {
            case JoinAccepted it -> normal(it.joinId(), "JoinStarted", "join " + it.joinId() + " is accepted");
            case JoinPhaseChanged it -> ofPhase(it);
            case JoinSucceeded it -> normal(it.joinId(), "NodeJoined", "join " + it.joinId() + " has succeeded");
            case JoinFailed it -> warning(it.joinId(), "JoinFailed", text(it.reason(), it.detail()));
            case JoinCancelled it -> warning(it.joinId(), "JoinCancelled", it.detail());
            case JoinRevocationUnverified it ->
                warning(
                        it.joinId(),
                        "TokenRevocationUnverified",
                        "the API server was not seen to reject the deleted token " + it.tokenId());
            case LeaveAccepted it -> normal(it.joinId(), "LeaveStarted", "leave " + it.joinId() + " is accepted");
            case LeaveSucceeded it -> normal(it.joinId(), "NodeLeft", "leave " + it.joinId() + " has succeeded");
            case LeaveFailed it -> warning(it.joinId(), "LeaveFailed", text(it.reason(), it.detail()));
            case JoinRejected _ -> Optional.empty();
        };
    }

    private static Optional<NodeEvent> ofPhase(JoinPhaseChanged event) {
        ErrorCode reason = event.reason();
        if (event.phase() == Phase.CertificateIssued) {
            return normal(event.joinId(), "CertificateApproved", "the machine has its certificate for this name");
        }
        if (event.phase() != Phase.Compensating || reason == null) {
            return Optional.empty();
        }
        return switch (reason) {
            case CSR_KEY_MISMATCH, CSR_RULE_VIOLATED, CSR_DENIED_EXTERNALLY ->
                warning(event.joinId(), "CertificateDenied", text(reason, ""));
            default -> warning(event.joinId(), "AttemptFailed", text(reason, "an attempt is taken back"));
        };
    }

    private static String text(ErrorCode reason, String detail) {
        String meaning = detail.isEmpty() ? reason.meaning() : detail;
        return reason + ": " + meaning + "; remedy: " + reason.remedy();
    }

    private static Optional<NodeEvent> normal(JoinId join, String reason, String note) {
        return Optional.of(new NodeEvent(join, false, reason, note));
    }

    private static Optional<NodeEvent> warning(JoinId join, String reason, String note) {
        return Optional.of(new NodeEvent(join, true, reason, note));
    }
}
