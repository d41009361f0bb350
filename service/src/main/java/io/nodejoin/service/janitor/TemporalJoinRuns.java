package io.nodejoin.service.janitor;

import io.grpc.StatusRuntimeException;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.event.OpenJoin;
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
import org.jspecify.annotations.Nullable;

/**
 * The workflows of joins in Temporal. The latest run of the node's workflow is looked at first: a reset gives a join another
 * run, and that one lives.
 */
final class TemporalJoinRuns implements JoinRuns {
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

    /** A run tells its outcome, and those of all that never begin, before another request follows it in a run of its own. */
    private JoinFate followed(WorkflowExecutionDescription run, Remnant remnant) {
        String how = "gave way to a newer request";
        if (isOwn(run, remnant)) {
            return new JoinFate.Over(how, List.of(), JoinFate.Outcome.TOLD, joined(run, remnant));
        }
        RunHistory history = history(run);
        JoinFate.Outcome outcome = history.outcome(remnant.joinId());
        if (!outcome.equals(JoinFate.Outcome.OWED)) {
            return new JoinFate.Over(how, history.toldPhases(remnant.joinId()), outcome, JoinFate.Joined.NO);
        }
        return describe(run.getExecution().getWorkflowId(), history.nextRun())
                .map(found -> fate(found, remnant))
                .orElseGet(() -> lost(JoinFate.Joined.UNKNOWN));
    }

    /** Its history tells what it had reached and whether its outcome is out. */
    private JoinFate over(String how, WorkflowExecutionDescription run, Remnant remnant) {
        RunHistory history;
        try {
            history = history(run);
        } catch (WorkflowNotFoundException _) {
            return lost(joined(run, remnant));
        }
        JoinId joinId = remnant.joinId();
        JoinFate.Outcome outcome = history.outcome(joinId);
        if (!isOwn(run, remnant)) {
            return new JoinFate.Over(how, history.toldPhases(joinId), outcome, JoinFate.Joined.NO);
        }
        WorkflowExecution execution = run.getExecution();
        List<OpenJoin> waiting =
                history.waiting(execution.getWorkflowId(), new WorkflowRun(namespace, execution.getRunId()));
        return new JoinFate.Over(how, history.phases(), outcome, joined(run, remnant), waiting);
    }

    private RunHistory history(WorkflowExecutionDescription run) {
        WorkflowExecution execution = run.getExecution();
        return new RunHistory(
                client.fetchHistory(execution.getWorkflowId(), execution.getRunId())
                        .getEvents(),
                converter);
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
