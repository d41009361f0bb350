package io.nodejoin.service.collector;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.join.JoinAttributes;
import io.nodejoin.workflows.join.JoinRequest;
import io.nodejoin.workflows.join.LeaveRequest;
import io.nodejoin.workflows.join.NodeRequest;
import io.nodejoin.workflows.join.NodeRuns;
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

/** What Temporal has recorded of one run, as far as it tells of the requests that the run had to do with. */
final class RunHistory {
    private static final String PUBLISH = "Event_Publish";

    private final List<HistoryEvent> events;
    private final DataConverter converter;

    RunHistory(List<HistoryEvent> events, DataConverter converter) {
        this.events = List.copyOf(events);
        this.converter = converter;
    }

    /** Whether the outcome of this request is out, or was about to be told. */
    JoinFate.Outcome outcome(JoinId joinId) {
        TreeMap<Long, Announcement> decided = new TreeMap<>();
        for (HistoryEvent event : events) {
            announcement(event)
                    .filter(next -> concerns(next, joinId) && phase(next).isEmpty())
                    .ifPresent(next -> decided.put(event.getEventId(), next));
        }
        boolean told = events.stream()
                .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
                .map(event -> event.getActivityTaskCompletedEventAttributes().getScheduledEventId())
                .anyMatch(decided::containsKey);
        if (told) {
            return JoinFate.Outcome.TOLD;
        }
        return decided.isEmpty()
                ? JoinFate.Outcome.OWED
                : new JoinFate.Outcome(false, decided.lastEntry().getValue());
    }

    /** The phases that the request of this run has reached. */
    List<PhaseTime> phases() {
        return events.stream().flatMap(event -> indexed(event).stream()).toList();
    }

    /** The phases that the run has told of a request that is not its own. */
    List<PhaseTime> toldPhases(JoinId joinId) {
        return events.stream()
                .flatMap(event -> announcement(event).stream())
                .filter(next -> concerns(next, joinId))
                .flatMap(next -> phase(next).stream())
                .toList();
    }

    /**
     * The requests that were handed to the run, to follow it, and whose outcome it owes: whether it has read them or not, the ledger may
     * not hold them.
     */
    List<OpenJoin> waiting(String workflowId, WorkflowRun run) {
        Map<JoinId, OpenJoin> waiting = new LinkedHashMap<>();
        for (HistoryEvent event : events) {
            NodeRuns.handedOver(event, converter)
                    .filter(request -> !outcome(request.joinId()).told())
                    .ifPresent(request ->
                            waiting.putIfAbsent(request.joinId(), open(request, time(event), workflowId, run)));
        }
        return List.copyOf(waiting.values());
    }

    /** As the run itself would have entered it. */
    private static OpenJoin open(NodeRequest request, Instant at, String workflowId, WorkflowRun run) {
        OpenJoin.Way way = switch (request) {
            case JoinRequest _ -> OpenJoin.Way.IN;
            case LeaveRequest _ -> OpenJoin.Way.OUT;
        };
        String acceptedId = workflowId + "/" + run.runId() + "/" + request.joinId() + "/" + Phase.Requested;
        NodeRef node = request.node();
        return new OpenJoin(way, node.cluster(), node.node(), request.joinId(), acceptedId, at, run, "");
    }

    /** The run that this one gave way to. */
    String nextRun() {
        return events.getLast()
                .getWorkflowExecutionContinuedAsNewEventAttributes()
                .getNewExecutionRunId();
    }

    private Optional<Announcement> announcement(HistoryEvent event) {
        if (event.getEventType() != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
            return Optional.empty();
        }
        var scheduled = event.getActivityTaskScheduledEventAttributes();
        return PUBLISH.equals(scheduled.getActivityType().getName())
                ? Optional.ofNullable(converter.fromPayloads(
                        0, Optional.of(scheduled.getInput()), Announcement.class, Announcement.class))
                : Optional.empty();
    }

    /** A run also tells what becomes of the requests that came meanwhile. */
    private static boolean concerns(Announcement announcement, JoinId joinId) {
        return switch (announcement.event()) {
            case JoinAccepted accepted -> accepted.joinId().equals(joinId);
            case JoinPhaseChanged changed -> changed.joinId().equals(joinId);
            case JoinSucceeded succeeded -> succeeded.joinId().equals(joinId);
            case JoinFailed failed -> failed.joinId().equals(joinId);
            case JoinCancelled cancelled -> cancelled.joinId().equals(joinId);
            case JoinRejected _ -> true;
            case LeaveAccepted accepted -> accepted.leaveId().equals(joinId);
            case LeaveSucceeded succeeded -> succeeded.leaveId().equals(joinId);
            case LeaveFailed failed -> failed.leaveId().equals(joinId);
        };
    }

    /** The phase that an event tells of a join that goes on; empty if it tells its end. */
    private static Optional<PhaseTime> phase(Announcement announcement) {
        return switch (announcement.event()) {
            case JoinAccepted _, LeaveAccepted _ -> Optional.of(new PhaseTime(Phase.Requested, announcement.time()));
            case JoinPhaseChanged changed -> Optional.of(new PhaseTime(changed.phase(), changed.at()));
            default -> Optional.empty();
        };
    }

    /** Each phase is a search attribute of its workflow from the moment in which it is reached; an event tells of it later, or never. */
    private static Optional<PhaseTime> indexed(HistoryEvent event) {
        if (event.getEventType() != EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES) {
            return Optional.empty();
        }
        Payload value = event.getUpsertWorkflowSearchAttributesEventAttributes()
                .getSearchAttributes()
                .getIndexedFieldsMap()
                .get(JoinAttributes.PHASE.getName());
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
