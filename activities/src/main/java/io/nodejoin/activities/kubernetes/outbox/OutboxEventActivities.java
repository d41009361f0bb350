package io.nodejoin.activities.kubernetes.outbox;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
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
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes through the delegate. From before the accepted event until after the outcome event, an outbox entry in the
 * cluster records that an outcome is pending: the garbage collector publishes it if the workflow is lost.
 */
public final class OutboxEventActivities implements EventActivities {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxEventActivities.class);

    private final EventActivities events;
    private final ClusterClients clients;
    private final Supplier<WorkflowRun> run;

    /** @param run returns the workflow run of the calling activity */
    public OutboxEventActivities(EventActivities events, ClusterClients clients, Supplier<WorkflowRun> run) {
        this.events = events;
        this.clients = clients;
        this.run = run;
    }

    @Override
    public void publish(List<OutcomeEvent> batch) {
        batch.forEach(this::putEntryIfAccepted);
        events.publish(batch);
        batch.forEach(this::deleteEntryIfEnded);
    }

    private void putEntryIfAccepted(OutcomeEvent event) {
        switch (event.event()) {
            case JoinAccepted accepted ->
                putEntry(
                        PendingOutcome.RequestKind.JOIN,
                        accepted.cluster(),
                        accepted.nodeName(),
                        accepted.joinId(),
                        accepted.pool(),
                        event);
            case LeaveAccepted accepted ->
                putEntry(
                        PendingOutcome.RequestKind.LEAVE,
                        accepted.cluster(),
                        accepted.nodeName(),
                        accepted.leaveId(),
                        accepted.pool(),
                        event);
            case JoinPhaseChanged _, JoinRevocationUnverified _, JoinRejected _ -> {}
            case JoinSucceeded _, JoinFailed _, JoinCancelled _, LeaveSucceeded _, LeaveFailed _ -> {}
        }
    }

    private void deleteEntryIfEnded(OutcomeEvent event) {
        switch (event.event()) {
            case JoinSucceeded ended -> deleteEntry(PendingOutcome.RequestKind.JOIN, ended.cluster(), ended.joinId());
            case JoinFailed ended -> deleteEntry(PendingOutcome.RequestKind.JOIN, ended.cluster(), ended.joinId());
            case JoinCancelled ended -> deleteEntry(PendingOutcome.RequestKind.JOIN, ended.cluster(), ended.joinId());
            case LeaveSucceeded ended ->
                deleteEntry(PendingOutcome.RequestKind.LEAVE, ended.cluster(), ended.leaveId());
            case LeaveFailed ended -> deleteEntry(PendingOutcome.RequestKind.LEAVE, ended.cluster(), ended.leaveId());
            case JoinAccepted _, LeaveAccepted _, JoinPhaseChanged _, JoinRevocationUnverified _, JoinRejected _ -> {}
        }
    }

    private void putEntry(
            PendingOutcome.RequestKind kind,
            ClusterName cluster,
            NodeName node,
            JoinId joinId,
            @Nullable PoolName pool,
            OutcomeEvent accepted) {
        try {
            new OutcomeOutbox(clients.client(cluster)).put(kind, node, joinId, pool, accepted, run.get());
        } catch (RuntimeException e) { // an event must be published whatever state the cluster is in
            LOG.warn(
                    "{}{} has no outbox entry in {}; if Temporal loses the workflow, no outcome is published: {}",
                    kind.prefix(),
                    joinId,
                    cluster,
                    RootCause.message(e));
        }
    }

    /** The garbage collector deletes an entry that could not be deleted, since the join is completed. */
    private void deleteEntry(PendingOutcome.RequestKind kind, ClusterName cluster, JoinId joinId) {
        try {
            new OutcomeOutbox(clients.client(cluster)).delete(kind, joinId);
        } catch (RuntimeException e) { // the outcome is already published
            LOG.info("{}{} stays in the ledger of {}: {}", kind.prefix(), joinId, cluster, RootCause.message(e));
        }
    }
}
