package io.nodejoin.service.collector;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.join.JoinAttributes;
import io.nodejoin.workflows.join.JoinMemo;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
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
 * The workflows of joins in Temporal. The latest run of the node's workflow is looked at first: a reset gives a join another
 * run, and that one lives.
 */
final class TemporalJoinRuns implements JoinRuns {
    /** With these Temporal answers of what it was asked for; others say that it cannot answer. */
    private static final Set<Status.Code> OF_ONE_RUN = Set.of(
            Status.Code.DATA_LOSS,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.INTERNAL,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.OUT_OF_RANGE);

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
        return look(remnant, this::over);
    }

    @Override
    public JoinFate glance(Remnant remnant) {
        return look(
                remnant,
                (how, run, of) ->
                        new JoinFate.Over(how, List.of(), JoinFate.Outcome.OWED, joined(run, of), run.getCloseTime()));
    }

    /** Tells more of a run that did not end by itself. */
    @FunctionalInterface
    private interface Ending {
        JoinFate of(String how, WorkflowExecutionDescription run, Remnant remnant);
    }

    private JoinFate look(Remnant remnant, Ending ending) {
        if (!namespace.equals(remnant.run().namespace())) {
            return new JoinFate.Foreign(
                    "its workflow is in Temporal's namespace '" + remnant.run().namespace() + "', not in " + namespace);
        }
        try {
            String workflowId = NodeJoinWorkflow.id(remnant.cluster(), remnant.node());
            Optional<WorkflowExecutionDescription> run = describe(workflowId, null)
                    .filter(latest -> isOwn(latest, remnant))
                    .or(() -> describe(workflowId, remnant.run().runId()));
            return run.map(found -> fate(found, remnant, ending)).orElseGet(() -> lost(JoinFate.Joined.UNKNOWN));
        } catch (WorkflowException | StatusRuntimeException e) {
            return isOfThisOneAlone(e)
                    ? new JoinFate.Unclear(RootCause.reason(e))
                    : new JoinFate.Unreachable(RootCause.reason(e));
        }
    }

    private static boolean isOfThisOneAlone(RuntimeException e) {
        return OF_ONE_RUN.contains(Status.fromThrowable(e).getCode());
    }

    private JoinFate fate(WorkflowExecutionDescription run, Remnant remnant, Ending ending) {
        WorkflowExecutionStatus status = run.getStatus();
        return switch (status) {
            case WORKFLOW_EXECUTION_STATUS_RUNNING, WORKFLOW_EXECUTION_STATUS_PAUSED -> new JoinFate.Running();
            case WORKFLOW_EXECUTION_STATUS_COMPLETED -> told("is completed", run, remnant);
            case WORKFLOW_EXECUTION_STATUS_FAILED,
                    WORKFLOW_EXECUTION_STATUS_CANCELED,
                    WORKFLOW_EXECUTION_STATUS_TERMINATED,
                    WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> ending.of("ended as " + word(status), run, remnant);
            case WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW -> followed(run, remnant, ending);
            case WORKFLOW_EXECUTION_STATUS_UNSPECIFIED, UNRECOGNIZED ->
                new JoinFate.Unclear("its status is " + word(status));
        };
    }

    /** A run tells its outcome, and those of all that never begin, before another request follows it in a run of its own. */
    private JoinFate followed(WorkflowExecutionDescription run, Remnant remnant, Ending ending) {
        String how = "gave way to a newer request";
        if (isOwn(run, remnant)) {
            return told(how, run, remnant);
        }
        Optional<RunHistory> recorded = history(run);
        if (recorded.isEmpty()) {
            return lost(JoinFate.Joined.UNKNOWN);
        }
        RunHistory history = recorded.get();
        JoinFate.Outcome outcome = history.outcome(remnant.joinId());
        if (!outcome.equals(JoinFate.Outcome.OWED)) {
            return new JoinFate.Over(
                    how, history.toldPhases(remnant.joinId()), outcome, JoinFate.Joined.NO, run.getCloseTime());
        }
        return describe(run.getExecution().getWorkflowId(), history.nextRun())
                .map(found -> fate(found, remnant, ending))
                .orElseGet(() -> lost(JoinFate.Joined.UNKNOWN));
    }

    private static JoinFate told(String how, WorkflowExecutionDescription run, Remnant remnant) {
        return new JoinFate.Over(how, List.of(), JoinFate.Outcome.TOLD, joined(run, remnant), run.getCloseTime());
    }

    /** Its history tells what it had reached and whether its outcome is out. */
    private JoinFate over(String how, WorkflowExecutionDescription run, Remnant remnant) {
        Optional<RunHistory> recorded = history(run);
        if (recorded.isEmpty()) {
            return lost(joined(run, remnant));
        }
        RunHistory history = recorded.get();
        JoinId joinId = remnant.joinId();
        JoinFate.Outcome outcome = history.outcome(joinId);
        if (!isOwn(run, remnant)) {
            return new JoinFate.Over(how, history.toldPhases(joinId), outcome, JoinFate.Joined.NO, run.getCloseTime());
        }
        WorkflowExecution execution = run.getExecution();
        List<OpenJoin> waiting =
                history.waiting(execution.getWorkflowId(), new WorkflowRun(namespace, execution.getRunId()));
        return new JoinFate.Over(how, history.phases(), outcome, joined(run, remnant), waiting, run.getCloseTime());
    }

    /** Empty if Temporal has none of this run any more. */
    private Optional<RunHistory> history(WorkflowExecutionDescription run) {
        WorkflowExecution execution = run.getExecution();
        try {
            return Optional.of(new RunHistory(
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
