package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.JoinFailures;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What newer requests and cancels do to a run: which request follows it, what is told of that, and whether the run is given up. */
public final class NodeWorkflowHandlers {
    private final NodeRequest request;
    private final JoinReporter reporter;
    private final RunningRequest running;
    private final PendingRequests pending;
    private final DedupeWindow previous;

    /**
     * The request that runs.
     *
     * @param abortAction does nothing if it may not be given up any more
     */
    public record RunningRequest(Supplier<Phase> phase, BooleanSupplier isAbortable, Consumer<Problem> abortAction) {
        void abort(Problem outdated) {
            abortAction.accept(outdated);
        }
    }

    public NodeWorkflowHandlers(NodeRequest request, JoinReporter diary, RunningRequest running) {
        this.request = request;
        this.reporter = diary;
        this.running = running;
        this.pending = new PendingRequests(request);
        this.previous = DedupeWindow.parse((String) Workflow.getMemo(MemoKeys.DEDUPE_WINDOW, String.class));
    }

    public void superseded(NodeRequest newer) {
        switch (pending.offer(newer)) {
            case PendingRequests.OfferResult.Duplicate _ -> {}
            case PendingRequests.OfferResult.Accepted(Optional<NodeRequest> displaced) -> {
                reporter.reportAccepted(newer);
                displaced.ifPresent(
                        older -> reporter.reportCancelledBeforeStart(older, PendingRequests.supersededBy(newer)));
                running.abort(PendingRequests.supersededBy(newer));
            }
            case PendingRequests.OfferResult.Outdated(Problem outdated) ->
                reporter.reportCancelledBeforeStart(newer, outdated);
        }
        // Whoever ends this run from outside, each request is recognised should it come again.
        Workflow.upsertMemo(Map.of(MemoKeys.DEDUPE_WINDOW, dedupeWindow().format()));
    }

    /** Refuses to give up what is over already, or was asked for later. */
    public void validateAbort(AbortRequest abort) {
        pending.requireAbortable(
                abort, running.isAbortable().getAsBoolean(), running.phase().get());
    }

    /** Gives up what may be given up, and otherwise does nothing: nobody waits for an answer. */
    public void cancelRequested(AbortRequest abort) {
        if (pending.canAbort(abort, running.isAbortable().getAsBoolean())) {
            abort(abort);
        }
    }

    public AbortResponse abort(AbortRequest abort) {
        Optional<NodeRequest> dropped = pending.removeIfAborted(abort);
        dropped.ifPresent(next -> {
            reporter.reportCancelledBeforeStart(next, abort.toProblem());
            // Once this run is over, its memo alone says what the next one must be newer than.
            Workflow.upsertMemo(
                    Map.of(MemoKeys.GENERATION, pending.latestGeneration().toString()));
        });
        if (abort.appliesTo(request)) {
            running.abort(abort.toProblem());
        }
        return new AbortResponse(dropped.orElse(request).joinId());
    }

    /**
     * Begins the next run, if a request waits for it. A workflow that Temporal cancelled cannot go on with another request, so each one
     * that waits, or comes while it says so, is cancelled too.
     */
    public void continueWithNext() {
        Optional<NodeRequest> next = pending.takeNext();
        while (next.isPresent()) {
            if (!CancellationScope.current().isCancelRequested()) {
                continueAsNew(next.get());
            }
            reporter.reportCancelledBeforeStart(next.get(), JoinFailures.WORKFLOW_CANCELLED);
            reporter.awaitPublished();
            next = pending.takeNext();
        }
    }

    /** Ends this run and begins one for this request in the same moment; does not return. */
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
