package io.nodejoin.activities.kubernetes.outbox;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import java.time.Instant;

/**
 * A join or a leave that was accepted and whose outcome is still owed.
 *
 * @param kind which of the two
 * @param acceptedEventId of the event that said so; that of the outcome begins alike
 * @param run that owes it
 * @param uid of the entry itself, empty before there is one
 */
public record PendingOutcome(
        RequestKind kind,
        ClusterName cluster,
        NodeName node,
        JoinId joinId,
        String acceptedEventId,
        Instant acceptedAt,
        WorkflowRun run,
        String uid) {

    /** Of the event that tells that this phase ends it. */
    public String outcomeEventId(Phase end) {
        return acceptedEventId.substring(0, acceptedEventId.lastIndexOf('/') + 1) + end;
    }

    /** Where the node was going. */
    public enum RequestKind {
        /** It joins. */
        JOIN("join-"),
        /** It leaves. */
        LEAVE("leave-");

        private final String prefix;

        RequestKind(String prefix) {
            this.prefix = prefix;
        }

        /** Of the names of entries. A replica that knows no leaves does not read theirs, and so takes none for a join. */
        String prefix() {
            return prefix;
        }
    }
}
