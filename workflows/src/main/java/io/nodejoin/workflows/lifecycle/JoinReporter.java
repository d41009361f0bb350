package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Reports phases as events, search attributes and workflow details. Events are published in order, asynchronously. */
final class JoinReporter {
    private static final Logger LOG = Workflow.getLogger(JoinReporter.class);
    /** More than a join has phases and newer requests. */
    private static final int CAPACITY = 1_000;

    private final NodeRequest request;
    private final List<PhaseTime> phases = new ArrayList<>();
    private final WorkflowQueue<QueuedEvent> outbox = Workflow.newWorkflowQueue(CAPACITY);
    private int unpublished;

    /** @param retryUntilPublished whether publishing is retried until it succeeds */
    private record QueuedEvent(OutcomeEvent event, boolean retryUntilPublished) {}

    JoinReporter(NodeRequest request) {
        this.request = request;
    }

    /** Starts publishing, which a cancelled workflow continues. */
    void startPublishing() {
        Workflow.newDetachedCancellationScope(() -> Async.procedure(this::publishAll))
                .run();
    }

    /** Returns once every enqueued event is published. */
    void awaitPublished() {
        Workflow.newDetachedCancellationScope(() -> Workflow.await(() -> unpublished == 0))
                .run();
    }

    /** Reports that this request runs next. */
    void reportAccepted(NodeRequest next) {
        enqueue(next, Phase.Requested, RequestEvents.accepted(next));
    }

    /** Reports the end of a request that has not started. */
    void reportCancelledBeforeStart(NodeRequest request, Problem why) {
        enqueue(request, Phase.Cancelled, RequestEvents.cancelledBeforeStart(request, why, WorkflowTime.now()));
    }

    /**
     * Reports the state's phase.
     *
     * @param event builds the event from the phases so far, if the phase has one
     */
    void reportPhase(LifecycleState state, Function<List<PhaseTime>, Optional<LifecycleEvent.Outcome>> event) {
        Phase phase = state.phase();
        Instant at = WorkflowTime.now();
        phases.add(new PhaseTime(phase, at));
        Workflow.setCurrentDetails(phaseTable(state.waitingFor()));
        updateSearchAttributes(phase, state.problem());
        event.apply(phases).ifPresent(outcome -> enqueue(eventId(phaseKey(phase)), at, outcome, phase.terminal()));
    }

    /** Returns a key that differs for a phase that is reached again, in another attempt. */
    private String phaseKey(Phase phase) {
        long times = phases.stream().filter(time -> time.phase() == phase).count();
        return times == 1 ? phase.name() : phase + "/" + times;
    }

    JoinProgress progress(LifecycleState state) {
        return new JoinProgress(
                request.joinId(),
                request.node().cluster(),
                request.node().name(),
                state.phase(),
                phases,
                state.waitingFor(),
                request.deadline(),
                state.problem());
    }

    private static void updateSearchAttributes(Phase phase, @Nullable Problem problem) {
        Workflow.upsertTypedSearchAttributes(
                JoinSearchAttributes.PHASE.valueSet(phase.name()),
                problem == null
                        ? JoinSearchAttributes.REASON.valueUnset()
                        : JoinSearchAttributes.REASON.valueSet(problem.code().name()));
    }

    private void enqueue(NodeRequest other, Phase phase, LifecycleEvent.Outcome event) {
        enqueue(eventId(other.joinId() + "/" + phase), WorkflowTime.now(), event, phase.terminal());
    }

    private void enqueue(String id, Instant at, LifecycleEvent.Outcome event, boolean outcome) {
        OutcomeEvent outcomeEvent = new OutcomeEvent(
                id, request.node().cluster(), request.node().name().value(), at, event);
        unpublished++;
        outbox.put(new QueuedEvent(outcomeEvent, outcome));
    }

    private void publishAll() {
        while (true) {
            publish(outbox.take());
            unpublished--;
        }
    }

    /** Drops a phase event that cannot be published; retries an outcome until it is published. */
    private static void publish(QueuedEvent entry) {
        while (!tryPublish(entry.event()) && entry.retryUntilPublished()) {
            Workflow.sleep(StepOptions.OUTCOME_RETRY_INTERVAL);
        }
    }

    private static boolean tryPublish(OutcomeEvent event) {
        String what = event.event() instanceof JoinPhaseChanged changed
                ? "phase " + changed.phase()
                : event.event().getClass().getSimpleName();
        String summary = "Publish " + what + " of " + event.node();
        try {
            Workflow.newActivityStub(EventActivities.class, StepOptions.event(summary))
                    .publish(event);
            return true;
        } catch (ActivityFailure failure) {
            LOG.atError().addKeyValue("eventId", event.id()).setCause(failure).log("event not published");
            return false;
        }
    }

    private static String eventId(String what) {
        WorkflowInfo info = Workflow.getInfo();
        return info.getWorkflowId() + "/" + info.getRunId() + "/" + what;
    }

    private String phaseTable(String waitingFor) {
        StringBuilder table = new StringBuilder("| Phase | reached at | seconds |\n|---|---|---|\n");
        for (PhaseTime phase : phases) {
            Duration since = Duration.between(phases.getFirst().at(), phase.at());
            table.append(String.format(
                    Locale.ROOT, "| %s | %s | %.1f |%n", phase.phase(), phase.at(), since.toMillis() / 1000.0));
        }
        return table.append("\nWaiting for ").append(waitingFor).append(".\n").toString();
    }
}
