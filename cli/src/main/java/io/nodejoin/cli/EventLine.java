package io.nodejoin.cli;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PlainText;
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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an event says, for people.
 *
 * @param cluster empty for a rejected request whose cluster could not be read
 * @param node empty for a rejected request whose name could not be read
 * @param word the phase, or what happened
 * @param tone whether the word is good or bad news
 */
record EventLine(String cluster, String node, String word, String detail, Tone tone) {
    /** How the word is colored. */
    enum Tone {
        GOOD,
        BAD,
        PLAIN
    }

    EventLine {
        cluster = PlainText.of(cluster);
        node = PlainText.of(node);
        detail = PlainText.of(detail);
    }

    /** Returns the node as commands take it. */
    String reference() {
        return cluster + "/" + node;
    }

    static EventLine of(LifecycleEvent.Outcome event) {
        return switch (event) {
            case JoinAccepted accepted ->
                plain(
                        accepted.cluster(),
                        accepted.nodeName(),
                        "accepted",
                        "until " + PlainTime.of(accepted.deadline()));
            case JoinPhaseChanged changed ->
                plain(
                        changed.cluster(),
                        changed.nodeName(),
                        changed.phase().name(),
                        changed.reason() == null ? "" : "because of " + changed.reason());
            case JoinSucceeded joined ->
                new EventLine(joined.cluster().value(), joined.nodeName().value(), "Joined", "", Tone.GOOD);
            case JoinRevocationUnverified unverified ->
                bad(
                        unverified.cluster().value(),
                        unverified.nodeName().value(),
                        "revocation-unverified",
                        "token " + unverified.tokenId() + " is deleted, and its rejection not verified");
            case JoinFailed failed ->
                failure(failed.cluster(), failed.nodeName(), "Failed", failed.reason(), failed.detail());
            case JoinCancelled cancelled ->
                bad(cancelled.cluster().value(), cancelled.nodeName().value(), "Cancelled", cancelled.detail());
            case JoinRejected rejected ->
                failure(rejected.cluster(), rejected.nodeName(), "Rejected", rejected.reason(), rejected.detail());
            case LeaveAccepted accepted ->
                plain(
                        accepted.cluster(),
                        accepted.nodeName(),
                        "leave-accepted",
                        "drains until " + PlainTime.of(accepted.deadline()));
            case LeaveSucceeded left ->
                new EventLine(
                        left.cluster().value(),
                        left.nodeName().value(),
                        "Left",
                        left.nodeUid() == null ? "there was no such Node" : String.join("; ", left.residue()),
                        left.nodeUid() == null ? Tone.BAD : Tone.GOOD);
            case LeaveFailed failed ->
                failure(failed.cluster(), failed.nodeName(), "LeaveFailed", failed.reason(), failed.detail());
        };
    }

    private static EventLine plain(Object cluster, Object node, String word, String detail) {
        return new EventLine(cluster.toString(), node.toString(), word, detail, Tone.PLAIN);
    }

    private static EventLine bad(String cluster, String node, String word, String detail) {
        return new EventLine(cluster, node, word, detail, Tone.BAD);
    }

    private static EventLine failure(
            @Nullable Object cluster, @Nullable Object node, String word, ErrorCode reason, String detail) {
        return bad(Objects.toString(cluster, ""), Objects.toString(node, ""), word, reason + ": " + detail);
    }
}
