package io.nodejoin.service.collector;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The history of one run, read for the requests that the run handled. */
final class WorkflowHistory {
    private static final String PUBLISH = "Event_Publish";

    private final List<HistoryEvent> events;
    private final DataConverter converter;

    WorkflowHistory(List<HistoryEvent> events, DataConverter converter) {
        this.events = List.copyOf(events);
        this.converter = converter;
    }

    /** Returns whether the outcome of this request is published, or was about to be. */
    WorkflowStatus.OutcomeState outcomeState(JoinId joinId) {
        TreeMap<Long, OutcomeEvent> scheduled = new TreeMap<>();
        for (HistoryEvent event : events) {
            publishedEvents(event)
                    .filter(next -> concerns(next, joinId) && isOutcome(next))
                    .forEach(next -> scheduled.put(event.getEventId(), next));
        }
        boolean published = events.stream()
                .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
                .map(event -> event.getActivityTaskCompletedEventAttributes().getScheduledEventId())
                .anyMatch(scheduled::containsKey);
        if (published) {
            return WorkflowStatus.OutcomeState.PUBLISHED;
        }
        return scheduled.isEmpty()
                ? WorkflowStatus.OutcomeState.PENDING
                : new WorkflowStatus.OutcomeState(false, scheduled.lastEntry().getValue());
    }

    /** Returns the phases that the request of this run has reached. */
    List<PhaseTime> phases() {
        return events.stream().flatMap(event -> indexedPhase(event).stream()).toList();
    }

    /** Returns the phases that the run has published for a request that is not its own. */
    List<PhaseTime> publishedPhases(JoinId joinId) {
        return events.stream()
                .flatMap(this::publishedEvents)
                .filter(next -> concerns(next, joinId))
                .flatMap(next -> phase(next).stream())
                .toList();
    }

    /**
     * Returns the requests that were signalled to the run as its successors and whose outcome it owes. The outbox may
     * not have them, whether the run has read them or not.
     */
    List<PendingOutcome> supersedingRequests(String workflowId, WorkflowRun run) {
        Map<JoinId, PendingOutcome> superseding = new LinkedHashMap<>();
        for (HistoryEvent event : events) {
            NodeWorkflows.parseSupersedingRequest(event, converter)
                    .filter(request -> !outcomeState(request.joinId()).published())
                    .ifPresent(request -> superseding.putIfAbsent(
                            request.joinId(), pendingOutcome(request, time(event), workflowId, run)));
        }
        return List.copyOf(superseding.values());
    }

    /** Builds the entry as the run itself would have. */
    private static PendingOutcome pendingOutcome(NodeRequest request, Instant at, String workflowId, WorkflowRun run) {
        PendingOutcome.RequestKind kind = switch (request) {
            case JoinRequest _ -> PendingOutcome.RequestKind.JOIN;
            case LeaveRequest _ -> PendingOutcome.RequestKind.LEAVE;
        };
        String acceptedId = workflowId + "/" + run.runId() + "/" + request.joinId() + "/" + Phase.Requested;
        NodeRef node = request.node();
        return new PendingOutcome(
                kind, node.cluster(), node.name(), request.joinId(), acceptedId, at, run, "", request.pool(), null);
    }

    /** Returns the run that this one continued as. */
    String nextRun() {
        return events.getLast()
                .getWorkflowExecutionContinuedAsNewEventAttributes()
                .getNewExecutionRunId();
    }

    private Stream<OutcomeEvent> publishedEvents(HistoryEvent event) {
        if (event.getEventType() != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
            return Stream.empty();
        }
        var scheduled = event.getActivityTaskScheduledEventAttributes();
        return PUBLISH.equals(scheduled.getActivityType().getName())
                ? Stream.of(converter.fromPayloads(
                        0, Optional.of(scheduled.getInput()), OutcomeEvent[].class, OutcomeEvent[].class))
                : Stream.empty();
    }

    /** A run also publishes the outcomes of requests that arrived meanwhile. */
    private static boolean concerns(OutcomeEvent event, JoinId joinId) {
        JoinId published = event.event().joinId();
        return published == null || published.equals(joinId);
    }

    private static boolean isOutcome(OutcomeEvent event) {
        return phase(event).isEmpty() && !(event.event() instanceof JoinRevocationUnverified);
    }

    /** Returns the phase in an event of a continuing join; empty for any other. */
    private static Optional<PhaseTime> phase(OutcomeEvent event) {
        return switch (event.event()) {
            case JoinAccepted _, LeaveAccepted _ -> Optional.of(new PhaseTime(Phase.Requested, event.time()));
            case JoinPhaseChanged changed -> Optional.of(new PhaseTime(changed.phase(), changed.at()));
            default -> Optional.empty();
        };
    }

    /**
     * The workflow sets the search attribute at the moment in which it reaches a phase; the event follows later, or
     * never.
     */
    private static Optional<PhaseTime> indexedPhase(HistoryEvent event) {
        if (event.getEventType() != EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES) {
            return Optional.empty();
        }
        Payload value = event.getUpsertWorkflowSearchAttributesEventAttributes()
                .getSearchAttributes()
                .getIndexedFieldsMap()
                .get(JoinSearchAttributes.PHASE.getName());
        if (value == null) {
            return Optional.empty();
        }
        Phase phase = Phase.valueOf(Objects.requireNonNull(
                DefaultDataConverter.STANDARD_INSTANCE.fromPayload(value, String.class, String.class)));
        return phase.terminal() && phase != Phase.Joined
                ? Optional.empty()
                : Optional.of(new PhaseTime(phase, time(event)));
    }

    private static Instant time(HistoryEvent event) {
        var time = event.getEventTime();
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
