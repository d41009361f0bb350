package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

/**
 * What a join and a leave have in common: they report their states, keep the agent's connection, and handle newer requests and cancels.
 *
 * @param <S> their states
 */
public abstract class NodeWorkflowHandlers<S extends LifecycleState> implements NodeWorkflow {
    protected final HostCommandClient host;
    protected final StateMachine<S> states;
    protected final LocalActivities localActivities = new LocalActivities();
    private final NodeRequest request;
    private final JoinReporter reporter;
    private final PendingRequests pending;
    private final DedupeWindow previous;
    private boolean isMemoOutdated;

    /** @param event the event of a state, if it has one, from the phases so far */
    protected NodeWorkflowHandlers(
            NodeRequest request,
            HostCommandClient host,
            S initial,
            BiFunction<S, List<PhaseTime>, Optional<LifecycleEvent.Outcome>> event) {
        this.request = request;
        this.host = host;
        reporter = new JoinReporter(request, localActivities);
        states = new StateMachine<>(
                request.node(), initial, state -> reporter.reportPhase(state, phases -> event.apply(state, phases)));
        pending = new PendingRequests(request);
        previous = DedupeWindow.parse((String) Workflow.getMemo(MemoKeys.DEDUPE_WINDOW, String.class));
    }

    /** Returns by when the run must have ended. */
    protected abstract Instant deadline();

    /** Returns whether {@link #abort(Problem)} has an effect. */
    protected abstract boolean isAbortable();

    /**
     * Completes what may follow the published outcome.
     *
     * @param nextIsPending whether another request waits for the end of this run
     */
    protected void settle(BooleanSupplier nextIsPending) {}

    /** Returns the request as which the run continues if no other one waits for its end. */
    protected Optional<NodeRequest> successor() {
        return Optional.empty();
    }

    /** Reports what is no phase. */
    protected final void report(LifecycleEvent.Outcome event) {
        reporter.report(event);
    }

    /** Stops the run for good, or does nothing if it cannot be aborted any more. */
    protected abstract void abort(Problem why);

    /**
     * Runs to the end, until every event is published; then continues with the pending request. If Temporal cancels the workflow, the
     * run is aborted, unless that has no effect any more: nothing else is cancelled with the workflow.
     *
     * @throws ApplicationFailure with the code of the problem as type, unless the join or leave succeeded
     */
    protected final JoinResult runToEnd(Functions.Func<? extends LifecycleState.Ended> run) {
        CancellationScope workflowScope = CancellationScope.current();
        Promise<Boolean> _ = workflowScope.getCancellationRequest().thenApply(_ -> {
            abort(JoinFailures.WORKFLOW_CANCELLED);
            return true;
        });
        CompletablePromise<LifecycleState.Ended> end = Workflow.newPromise();
        Workflow.newDetachedCancellationScope(() -> {
                    states.start();
                    end.complete(run.apply());
                    reporter.awaitPublished();
                    settle(() -> pending.next().isPresent());
                    reporter.awaitPublished();
                    continueWithNext(workflowScope);
                    writeDedupeWindow();
                })
                .run();
        Problem problem = end.get().problem();
        if (problem != null) {
            throw JoinFailures.closing(problem);
        }
        return end.get().result();
    }

    /** Binds the key of an accepted proof; the replica that answers it holds the agent's connection. */
    protected final EnrollmentBinding bind(Enrollment enrollment, EnrollmentProof proof) {
        EnrollmentBinding binding = enrollment.bind(proof, Workflow.getInfo().getRunId());
        if (proof.connection() != null) {
            host.setConnection(proof.connection());
        }
        return binding;
    }

    @Override
    public final void agentConnected(AgentConnection connection) {
        host.setConnection(connection);
    }

    @Override
    public final void milestoneReached(MilestoneReport report) {
        host.recordMilestone(report);
    }

    @Override
    public final void superseded(NodeRequest newer) {
        switch (pending.offer(newer)) {
            case PendingRequests.OfferResult.Duplicate _ -> {}
            case PendingRequests.OfferResult.Accepted(Optional<NodeRequest> displaced) -> {
                reporter.reportAccepted(newer);
                displaced.ifPresent(
                        older -> reporter.reportCancelledBeforeStart(older, PendingRequests.supersededBy(newer)));
                abort(PendingRequests.supersededBy(newer));
            }
            case PendingRequests.OfferResult.Refused(Problem why) -> reporter.reportCancelledBeforeStart(newer, why);
        }
        if (!isMemoOutdated) {
            isMemoOutdated = true;
            localActivities.reportAfterwards(this::writeDedupeWindow);
        }
    }

    /** Writes the requests of a workflow task at once. Also if the run is terminated, the memo lets the service recognise redelivered ones. */
    private void writeDedupeWindow() {
        if (isMemoOutdated) {
            isMemoOutdated = false;
            Workflow.upsertMemo(Map.of(MemoKeys.DEDUPE_WINDOW, dedupeWindow().format()));
        }
    }

    @Override
    public final void validateAbort(AbortRequest abort) {
        pending.requireAbortable(abort, isAbortable(), states.current().phase());
    }

    @Override
    public final void cancelRequested(AbortRequest abort) {
        if (pending.canAbort(abort, isAbortable())) {
            abort(abort);
        }
    }

    @Override
    public final AbortResponse abort(AbortRequest abort) {
        Optional<NodeRequest> dropped = pending.removeIfAborted(abort);
        dropped.ifPresent(next -> {
            reporter.reportCancelledBeforeStart(next, abort.toProblem());
            // Once this run has ended, only its memo has the generation that the next request must exceed.
            Workflow.upsertMemo(
                    Map.of(MemoKeys.GENERATION, pending.latestGeneration().toString()));
        });
        if (abort.appliesTo(request)) {
            abort(abort.toProblem());
        }
        return new AbortResponse(dropped.orElse(request).joinId());
    }

    @Override
    public final JoinProgress progress() {
        return reporter.progress(states.current(), deadline());
    }

    /**
     * Continues as new with the pending request. Temporal's SDK closes a workflow that was to be cancelled as cancelled, however it
     * ends, so pending requests are cancelled then.
     */
    private void continueWithNext(CancellationScope workflowScope) {
        Optional<NodeRequest> next = pending.takeNext().or(this::successor);
        while (next.isPresent()) {
            if (!workflowScope.isCancelRequested()) {
                continueAsNew(next.get());
            }
            reporter.reportCancelledBeforeStart(next.get(), JoinFailures.WORKFLOW_CANCELLED);
            reporter.awaitPublished();
            next = pending.takeNext();
        }
    }

    /** Ends this run and starts one for this request in the same moment; does not return. */
    private void continueAsNew(NodeRequest next) {
        Workflow.continueAsNew(
                NodeWorkflows.workflowType(next),
                ContinueAsNewOptions.newBuilder()
                        .setMemo(NodeWorkflows.memo(next, dedupeWindow()))
                        .setTypedSearchAttributes(NodeWorkflows.searchAttributes(next))
                        .build(),
                next);
    }

    private DedupeWindow dedupeWindow() {
        return previous.plus(pending.seen());
    }
}
