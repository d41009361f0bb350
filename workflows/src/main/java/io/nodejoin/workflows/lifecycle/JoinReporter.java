package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Reports phases as events, search attributes and workflow details. */
final class JoinReporter {
    private final NodeRequest request;
    private final List<PhaseTime> phases = new ArrayList<>();
    private final EventPublisher publisher;
    private final SearchAttributeWriter searchAttributes;

    JoinReporter(NodeRequest request, LocalActivities localActivities) {
        this.request = request;
        publisher = new EventPublisher(localActivities);
        searchAttributes = new SearchAttributeWriter(localActivities);
    }

    /** Returns once every reported event is published and the last phase is in the search attributes. */
    void awaitPublished() {
        searchAttributes.awaitWritten();
        publisher.awaitPublished();
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
        searchAttributes.write(phase, state.problem());
        event.apply(phases).ifPresent(outcome -> enqueue(eventId(phaseKey(phase)), at, outcome, phase.terminal()));
    }

    /** Reports what is no phase, once in a run; retried until it is published. */
    void report(LifecycleEvent.Outcome event) {
        enqueue(eventId(event.getClass().getSimpleName()), WorkflowTime.now(), event, true);
    }

    /** Returns a key that differs for a phase that is reached again, in another attempt. */
    private String phaseKey(Phase phase) {
        long times = phases.stream().filter(time -> time.phase() == phase).count();
        return times == 1 ? phase.name() : phase + "/" + times;
    }

    JoinProgress progress(LifecycleState state, Instant deadline) {
        return new JoinProgress(
                request.joinId(),
                request.node().cluster(),
                request.node().name(),
                state.phase(),
                phases,
                state.waitingFor(),
                deadline,
                state.problem());
    }

    private void enqueue(NodeRequest other, Phase phase, LifecycleEvent.Outcome event) {
        enqueue(eventId(other.joinId() + "/" + phase), WorkflowTime.now(), event, phase.terminal());
    }

    private void enqueue(String id, Instant at, LifecycleEvent.Outcome event, boolean outcome) {
        publisher.enqueue(
                new OutcomeEvent(
                        id, request.node().cluster(), request.node().name().value(), at, event),
                outcome);
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
