package io.nodejoin.service.janitor;

import io.grpc.StatusRuntimeException;
import io.nodejoin.activities.RootCause;
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
import io.nodejoin.workflows.join.JoinMemo;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The workflows of joins in Temporal. The latest run of the node's workflow is looked at first: a reset gives a join another
 * run, and that one lives.
 */
final class TemporalJoinRuns implements JoinRuns {
    private static final String PUBLISH = "Event_Publish";

    private final WorkflowClient client;
    private final DataConverter converter;
    private final String namespace;

    /** @param client one that says soon that Temporal is away */
    TemporalJoinRuns(WorkflowClient client) {
        this.client = client;
        this.converter = client.getOptions().getDataConverter();
        this.namespace = client.getOptions().getNamespace();
    }

    @Override
    public JoinFate fate(Remnant remnant) {
        if (!namespace.equals(remnant.run().namespace())) {
            return new JoinFate.Foreign(
                    "its workflow is in Temporal's namespace '" + remnant.run().namespace() + "', not in " + namespace);
        }
        try {
            String workflowId = NodeJoinWorkflow.id(remnant.cluster(), remnant.node());
            Optional<WorkflowExecutionDescription> run = describe(workflowId, null)
                    .filter(latest -> isOwn(latest, remnant))
                    .or(() -> describe(workflowId, remnant.run().runId()));
            return run.map(found -> fate(found, remnant)).orElseGet(() -> lost(JoinFate.Joined.UNKNOWN));
        } catch (WorkflowException | StatusRuntimeException e) {
            return new JoinFate.Unreachable(RootCause.reason(e));
        }
    }

    private JoinFate fate(WorkflowExecutionDescription run, Remnant remnant) {
        WorkflowExecutionStatus status = run.getStatus();
        return switch (status) {
            case WORKFLOW_EXECUTION_STATUS_RUNNING, WORKFLOW_EXECUTION_STATUS_PAUSED -> new JoinFate.Running();
            case WORKFLOW_EXECUTION_STATUS_COMPLETED ->
                new JoinFate.Over("is completed", List.of(), JoinFate.Outcome.TOLD, joined(run, remnant));
            case WORKFLOW_EXECUTION_STATUS_FAILED,
                    WORKFLOW_EXECUTION_STATUS_CANCELED,
                    WORKFLOW_EXECUTION_STATUS_TERMINATED,
                    WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> over("ended as " + word(status), run, remnant);
            case WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW -> followed(run, remnant);
            case WORKFLOW_EXECUTION_STATUS_UNSPECIFIED, UNRECOGNIZED ->
                new JoinFate.Unreachable("its status is " + word(status));
        };
    }

    /** A join tells its outcome before another one follows it; the one that followed has a run of its own. */
    private JoinFate followed(WorkflowExecutionDescription run, Remnant remnant) {
        if (isOwn(run, remnant)) {
            return new JoinFate.Over(
                    "gave way to a newer request", List.of(), JoinFate.Outcome.TOLD, joined(run, remnant));
        }
        WorkflowExecution execution = run.getExecution();
        String next = client.fetchHistory(execution.getWorkflowId(), execution.getRunId())
                .getLastEvent()
                .getWorkflowExecutionContinuedAsNewEventAttributes()
                .getNewExecutionRunId();
        return describe(execution.getWorkflowId(), next)
                .map(found -> fate(found, remnant))
                .orElseGet(() -> lost(JoinFate.Joined.UNKNOWN));
    }

    /** Its history tells what it had reached and whether its outcome is out. */
    private JoinFate over(String how, WorkflowExecutionDescription run, Remnant remnant) {
        JoinId joinId = remnant.joinId();
        WorkflowExecution execution = run.getExecution();
        List<HistoryEvent> events;
        try {
            events = client.fetchHistory(execution.getWorkflowId(), execution.getRunId())
                    .getEvents();
        } catch (WorkflowNotFoundException _) {
            return lost(joined(run, remnant));
        }
        boolean own = isOwn(run, remnant);
        Map<Long, Announcement> announced = new HashMap<>();
        List<PhaseTime> phases = new ArrayList<>();
        Announcement decided = null;
        boolean told = false;
        for (HistoryEvent event : events) {
            if (own) {
                indexed(event).ifPresent(phases::add);
            }
            Optional<Announcement> scheduled = announcement(event).filter(next -> concerns(next, joinId));
            if (scheduled.isPresent()) {
                Announcement next = scheduled.get();
                announced.put(event.getEventId(), next);
                Optional<PhaseTime> phase = phase(next);
                phase.filter(_ -> !own).ifPresent(phases::add);
                decided = phase.isPresent() ? decided : next;
            }
            if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) {
                Announcement done = announced.get(
                        event.getActivityTaskCompletedEventAttributes().getScheduledEventId());
                told |= done != null && phase(done).isEmpty();
            }
        }
        return new JoinFate.Over(how, phases, new JoinFate.Outcome(told, told ? null : decided), joined(run, remnant));
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
    private Optional<PhaseTime> indexed(HistoryEvent event) {
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
        var time = event.getEventTime();
        return phase.terminal() && phase != Phase.Joined
                ? Optional.empty()
                : Optional.of(new PhaseTime(phase, Instant.ofEpochSecond(time.getSeconds(), time.getNanos())));
    }

    private Optional<WorkflowExecutionDescription> describe(String workflowId, @Nullable String runId) {
        WorkflowTargetOptions.Builder target =
                WorkflowTargetOptions.newBuilder().setWorkflowId(workflowId);
        if (runId != null) {
            target.setRunId(runId);
        }
        try {
            return Optional.of(client.newUntypedWorkflowStub(target.build()).describe());
        } catch (WorkflowNotFoundException _) {
            return Optional.empty();
        }
    }

    private static JoinFate lost(JoinFate.Joined joined) {
        return new JoinFate.Over("is not known to Temporal any more", List.of(), JoinFate.Outcome.OWED, joined);
    }

    /** A run that has ended keeps the phase that it was in, also if another request has followed it. */
    private static JoinFate.Joined joined(WorkflowExecutionDescription run, Remnant remnant) {
        if (!isOwn(run, remnant)) {
            return JoinFate.Joined.NO;
        }
        String phase = run.getTypedSearchAttributes().get(JoinAttributes.PHASE);
        if (phase == null) {
            return JoinFate.Joined.UNKNOWN;
        }
        return Phase.Joined.name().equals(phase) ? JoinFate.Joined.YES : JoinFate.Joined.NO;
    }

    /** Otherwise it is at most the run that accepted it, to have it follow its own. */
    private static boolean isOwn(WorkflowExecutionDescription run, Remnant remnant) {
        return remnant.joinId().value().equals(memo(run));
    }

    private static @Nullable String memo(WorkflowExecutionDescription run) {
        return (String) run.getMemo(JoinMemo.JOIN_ID, String.class);
    }

    private static String word(WorkflowExecutionStatus status) {
        return status.name().replace("WORKFLOW_EXECUTION_STATUS_", "").toLowerCase(Locale.ROOT);
    }
}
