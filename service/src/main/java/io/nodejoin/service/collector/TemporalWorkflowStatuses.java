package io.nodejoin.service.collector;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.MachineBindingWorkflow;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.common.converter.DataConverter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The workflow statuses of joins in Temporal. Looks at the latest run of the node's workflow first: a workflow reset
 * gives a join another run, which is open.
 */
final class TemporalWorkflowStatuses implements WorkflowStatuses {
    /** Status codes that are about the requested run; others mean that Temporal is unavailable. */
    private static final Set<Status.Code> RUN_SPECIFIC_CODES = Set.of(
            Status.Code.DATA_LOSS,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.INTERNAL,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.OUT_OF_RANGE);

    private final WorkflowClient client;
    private final DataConverter converter;
    private final String namespace;

    /** @param client a client that fails fast when Temporal is unavailable */
    TemporalWorkflowStatuses(WorkflowClient client) {
        this.client = client;
        this.converter = client.getOptions().getDataConverter();
        this.namespace = client.getOptions().getNamespace();
    }

    @Override
    public WorkflowStatus status(OrphanedJoin orphan) {
        return query(orphan, this::closed);
    }

    @Override
    public WorkflowStatus quickStatus(OrphanedJoin orphan) {
        return query(
                orphan,
                (how, run, of) -> new WorkflowStatus.Closed(
                        how, List.of(), WorkflowStatus.OutcomeState.PENDING, joined(run, of), run.getCloseTime()));
    }

    /** Reads the details of a run that was closed from outside. */
    @FunctionalInterface
    private interface ClosedStatus {
        WorkflowStatus of(String how, WorkflowExecutionDescription run, OrphanedJoin orphan);
    }

    private WorkflowStatus query(OrphanedJoin orphan, ClosedStatus ending) {
        if (!namespace.equals(orphan.run().namespace())) {
            return new WorkflowStatus.OtherNamespace(
                    "its workflow is in Temporal's namespace '" + orphan.run().namespace() + "', not in " + namespace);
        }
        try {
            String workflowId = NodeJoinWorkflow.workflowId(orphan.cluster(), orphan.node());
            Optional<WorkflowExecutionDescription> latest = describe(workflowId, null);
            WorkflowStatus status = latest.filter(run -> isOwn(run, orphan))
                    .or(() -> describe(workflowId, orphan.run().runId()))
                    .map(found -> fate(found, orphan, ending))
                    .orElseGet(() -> notFound(WorkflowStatus.Joined.UNKNOWN));
            return status instanceof WorkflowStatus.Closed closed
                            && latest.filter(run -> isOther(run, orphan)).isPresent()
                    ? closed.whenFollowed()
                    : status;
        } catch (WorkflowException | StatusRuntimeException e) {
            return concernsOneRun(e)
                    ? new WorkflowStatus.Unknown(RootCause.message(e))
                    : new WorkflowStatus.Unreachable(RootCause.message(e));
        }
    }

    private static boolean concernsOneRun(RuntimeException e) {
        return RUN_SPECIFIC_CODES.contains(Status.fromThrowable(e).getCode());
    }

    private WorkflowStatus fate(WorkflowExecutionDescription run, OrphanedJoin orphan, ClosedStatus ending) {
        WorkflowExecutionStatus status = run.getStatus();
        return switch (status) {
            case WORKFLOW_EXECUTION_STATUS_RUNNING, WORKFLOW_EXECUTION_STATUS_PAUSED -> new WorkflowStatus.Running();
            case WORKFLOW_EXECUTION_STATUS_COMPLETED -> completed("is completed", run, orphan);
            case WORKFLOW_EXECUTION_STATUS_FAILED,
                    WORKFLOW_EXECUTION_STATUS_CANCELED,
                    WORKFLOW_EXECUTION_STATUS_TERMINATED,
                    WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> ending.of("ended as " + statusName(status), run, orphan);
            case WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW -> continuedAsNew(run, orphan, ending);
            case WORKFLOW_EXECUTION_STATUS_UNSPECIFIED, UNRECOGNIZED ->
                new WorkflowStatus.Unknown("its status is " + statusName(status));
        };
    }

    /**
     * A run publishes its outcome, and those of all requests that never start, before it continues as new with the next
     * one.
     */
    private WorkflowStatus continuedAsNew(WorkflowExecutionDescription run, OrphanedJoin orphan, ClosedStatus ending) {
        String how = "was superseded by a newer request";
        if (isOwn(run, orphan)) {
            return nextOfSameJoin(run, orphan)
                    .map(next -> fate(next, orphan, ending))
                    .orElseGet(() -> completed(how, run, orphan));
        }
        Optional<WorkflowHistory> recorded = history(run);
        if (recorded.isEmpty()) {
            return notFound(WorkflowStatus.Joined.UNKNOWN);
        }
        WorkflowHistory history = recorded.get();
        WorkflowStatus.OutcomeState outcome = history.outcomeState(orphan.joinId());
        if (!outcome.equals(WorkflowStatus.OutcomeState.PENDING)) {
            return new WorkflowStatus.Closed(
                    how,
                    history.publishedPhases(orphan.joinId()),
                    outcome,
                    WorkflowStatus.Joined.NO,
                    run.getCloseTime());
        }
        return describe(run.getExecution().getWorkflowId(), history.nextRun())
                .map(found -> fate(found, orphan, ending))
                .orElseGet(() -> notFound(WorkflowStatus.Joined.UNKNOWN));
    }

    /** A join that has waited for its machine continues as another run. */
    private Optional<WorkflowExecutionDescription> nextOfSameJoin(
            WorkflowExecutionDescription run, OrphanedJoin orphan) {
        return isBinding(run)
                ? history(run)
                        .flatMap(history -> describe(run.getExecution().getWorkflowId(), history.nextRun()))
                        .filter(next -> isOwn(next, orphan))
                : Optional.empty();
    }

    private static boolean isBinding(WorkflowExecutionDescription run) {
        return MachineBindingWorkflow.class.getSimpleName().equals(run.getWorkflowType());
    }

    /** A run that waits for a machine may have been given one that it has not read of. */
    private static @Nullable PoolName machinePool(WorkflowExecutionDescription run) {
        if (isBinding(run)) {
            String pool = run.getTypedSearchAttributes().get(JoinSearchAttributes.POOL);
            return pool == null ? null : new PoolName(pool);
        }
        return NodeWorkflows.machinePool((String) run.getMemo(MemoKeys.MACHINE, String.class));
    }

    private static WorkflowStatus completed(String how, WorkflowExecutionDescription run, OrphanedJoin orphan) {
        return new WorkflowStatus.Closed(
                how, List.of(), WorkflowStatus.OutcomeState.PUBLISHED, joined(run, orphan), run.getCloseTime());
    }

    /** Reads from the history which phases it reached and whether its outcome is published. */
    private WorkflowStatus closed(String how, WorkflowExecutionDescription run, OrphanedJoin orphan) {
        Optional<WorkflowHistory> recorded = history(run);
        if (recorded.isEmpty()) {
            return notFound(joined(run, orphan));
        }
        WorkflowHistory history = recorded.get();
        JoinId joinId = orphan.joinId();
        WorkflowStatus.OutcomeState outcome = history.outcomeState(joinId);
        if (!isOwn(run, orphan)) {
            return new WorkflowStatus.Closed(
                    how, history.publishedPhases(joinId), outcome, WorkflowStatus.Joined.NO, run.getCloseTime());
        }
        WorkflowExecution execution = run.getExecution();
        List<PendingOutcome> waiting = history.supersedingRequests(
                execution.getWorkflowId(), new WorkflowRun(namespace, execution.getRunId()));
        return new WorkflowStatus.Closed(
                how,
                history.phases(),
                outcome,
                joined(run, orphan),
                waiting,
                run.getCloseTime(),
                false,
                machinePool(run));
    }

    /** Empty if Temporal has deleted the run. */
    private Optional<WorkflowHistory> history(WorkflowExecutionDescription run) {
        WorkflowExecution execution = run.getExecution();
        try {
            return Optional.of(new WorkflowHistory(
                    client.fetchHistory(execution.getWorkflowId(), execution.getRunId())
                            .getEvents(),
                    converter));
        } catch (WorkflowException | StatusRuntimeException e) {
            if (Status.fromThrowable(e).getCode() == Status.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
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

    private static WorkflowStatus notFound(WorkflowStatus.Joined joined) {
        return new WorkflowStatus.Closed(
                "is no longer in Temporal", List.of(), WorkflowStatus.OutcomeState.PENDING, joined);
    }

    /** A closed run keeps the search attribute of its last phase, also if another request followed it. */
    private static WorkflowStatus.Joined joined(WorkflowExecutionDescription run, OrphanedJoin orphan) {
        if (!isOwn(run, orphan)) {
            return WorkflowStatus.Joined.NO;
        }
        String phase = run.getTypedSearchAttributes().get(JoinSearchAttributes.PHASE);
        if (phase == null) {
            return WorkflowStatus.Joined.UNKNOWN;
        }
        return Phase.Joined.name().equals(phase) ? WorkflowStatus.Joined.YES : WorkflowStatus.Joined.NO;
    }

    /** Otherwise the run only accepted the request, to continue as new with it. */
    private static boolean isOwn(WorkflowExecutionDescription run, OrphanedJoin orphan) {
        return orphan.joinId().value().equals(memo(run));
    }

    private static boolean isOther(WorkflowExecutionDescription latest, OrphanedJoin orphan) {
        return !isOwn(latest, orphan)
                && !latest.getExecution().getRunId().equals(orphan.run().runId());
    }

    private static @Nullable String memo(WorkflowExecutionDescription run) {
        return (String) run.getMemo(MemoKeys.JOIN_ID, String.class);
    }

    private static String statusName(WorkflowExecutionStatus status) {
        return status.name().replace("WORKFLOW_EXECUTION_STATUS_", "").toLowerCase(Locale.ROOT);
    }
}
