package io.nodejoin.activities.kubernetes.outbox;

import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.JoinId;
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
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.TemporalFailure;
import java.util.List;
import java.util.Optional;
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

    /**
     * Leaves the outcomes of a batch that is refused for good, not merely delayed, to the garbage collector: what waits for this
     * call goes on. Drops the other events of such a batch.
     */
    @Override
    public void publish(List<OutcomeEvent> batch) {
        batch.forEach(event -> accepted(event).ifPresent(request -> putEntry(request, event)));
        try {
            events.publish(batch);
        } catch (RuntimeException thrown) { // the boundary decides which failures are retried
            TemporalFailure failure = FailureBoundary.failureOf(thrown);
            if (Failures.typeOf(failure).filter(type -> !type.retryable()).isEmpty()) {
                throw failure;
            }
            LOG.error(
                    "Events are refused; the garbage collector publishes the outcomes among them: {}",
                    ids(batch),
                    failure);
            batch.forEach(event ->
                    ended(event).ifPresent(request -> outbox(event).putRefused(request, event, run.get())));
            return;
        }
        batch.forEach(event -> ended(event).ifPresent(request -> deleteEntry(request, event)));
    }

    private static List<String> ids(List<OutcomeEvent> batch) {
        return batch.stream().map(OutcomeEvent::id).toList();
    }

    private static Optional<OutcomeOutbox.Request> accepted(OutcomeEvent event) {
        return switch (event.event()) {
            case JoinAccepted join -> Optional.of(joinOf(join.joinId(), join.pool()));
            case LeaveAccepted leave -> Optional.of(leaveOf(leave.leaveId(), leave.pool()));
            case JoinPhaseChanged _, JoinRevocationUnverified _, JoinRejected _ -> Optional.empty();
            case JoinSucceeded _, JoinFailed _, JoinCancelled _, LeaveSucceeded _, LeaveFailed _ -> Optional.empty();
        };
    }

    private static Optional<OutcomeOutbox.Request> ended(OutcomeEvent event) {
        return switch (event.event()) {
            case JoinSucceeded join -> Optional.of(joinOf(join.joinId(), join.pool()));
            case JoinFailed join -> Optional.of(joinOf(join.joinId(), join.pool()));
            case JoinCancelled join -> Optional.of(joinOf(join.joinId(), join.pool()));
            case LeaveSucceeded leave -> Optional.of(leaveOf(leave.leaveId(), leave.pool()));
            case LeaveFailed leave -> Optional.of(leaveOf(leave.leaveId(), leave.pool()));
            case JoinAccepted _, LeaveAccepted _, JoinPhaseChanged _, JoinRevocationUnverified _, JoinRejected _ ->
                Optional.empty();
        };
    }

    private static OutcomeOutbox.Request joinOf(JoinId joinId, @Nullable PoolName pool) {
        return new OutcomeOutbox.Request(PendingOutcome.RequestKind.JOIN, joinId, pool);
    }

    private static OutcomeOutbox.Request leaveOf(JoinId leaveId, @Nullable PoolName pool) {
        return new OutcomeOutbox.Request(PendingOutcome.RequestKind.LEAVE, leaveId, pool);
    }

    private OutcomeOutbox outbox(OutcomeEvent event) {
        return new OutcomeOutbox(clients.client(event.cluster()));
    }

    private void putEntry(OutcomeOutbox.Request request, OutcomeEvent accepted) {
        try {
            outbox(accepted).put(request, accepted, run.get());
        } catch (RuntimeException e) { // an event must be published whatever state the cluster is in
            LOG.warn(
                    "{} has no outbox entry in {}; if Temporal loses the workflow, no outcome is published: {}",
                    request,
                    accepted.cluster(),
                    RootCause.message(e));
        }
    }

    /** The garbage collector deletes an entry that could not be deleted, since the join is completed. */
    private void deleteEntry(OutcomeOutbox.Request request, OutcomeEvent outcome) {
        try {
            outbox(outcome).delete(request);
        } catch (RuntimeException e) { // the outcome is already published
            LOG.info("{} stays in the ledger of {}: {}", request, outcome.cluster(), RootCause.message(e));
        }
    }
}
