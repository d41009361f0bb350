package io.nodejoin.activities.kubernetes.outbox;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An accepted join or leave whose outcome has not been published.
 *
 * @param kind join or leave
 * @param acceptedEventId the id of the accepted event; the id of the outcome event has the same prefix
 * @param run the workflow run that publishes the outcome
 * @param uid the UID of the entry, empty before it is created
 * @param pool the pool that the request names; null if it names none
 * @param refused the outcome that its run could not publish, since it was refused; null while the run may publish it
 */
public record PendingOutcome(
        RequestKind kind,
        ClusterName cluster,
        NodeName node,
        JoinId joinId,
        String acceptedEventId,
        Instant acceptedAt,
        WorkflowRun run,
        String uid,
        @Nullable PoolName pool,
        @Nullable OutcomeEvent refused) {

    /** Returns the id of the event that reports this final phase. */
    public String outcomeEventId(Phase end) {
        return acceptedEventId.substring(0, acceptedEventId.lastIndexOf('/') + 1) + end;
    }

    /** Whether the request was for a join or a leave. */
    public enum RequestKind {
        /** A join. */
        JOIN("join-"),
        /** A leave. */
        LEAVE("leave-");

        private final String prefix;

        RequestKind(String prefix) {
            this.prefix = prefix;
        }

        /** Returns the prefix of entry names. */
        String prefix() {
            return prefix;
        }
    }
}
