package io.nodejoin.service.intake;

import io.nodejoin.activities.RootCause;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.join.EarlierRequests;
import io.nodejoin.workflows.join.JoinAttributes;
import io.nodejoin.workflows.join.JoinEnd;
import io.nodejoin.workflows.join.JoinMemo;
import io.nodejoin.workflows.join.JoinRequest;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.join.NodeRequest;
import io.nodejoin.workflows.join.NodeRuns;
import io.nodejoin.workflows.queue.TaskQueues;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowTargetOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins and leaves as Temporal workflows. The latest run of a node's workflow tells which join it was and how new; a conflict at the
 * start itself is looked at again, so two intakes that start the same node at once agree on one join. A newer request is handed
 * to the join that runs, which gives way to it: nothing is left to be done here should this process end.
 */
public final class TemporalJoins implements Joins {
    private static final Logger LOG = LoggerFactory.getLogger(TemporalJoins.class);
    /** A join that has told its outcome ends at once, unless Temporal is slow. */
    private static final Duration ENDING = Duration.ofSeconds(2);
    /** Such a run may have left requests unread that were handed to it. */
    private static final Set<WorkflowExecutionStatus> ENDED_FROM_OUTSIDE = Set.of(
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED,
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED);

    private final WorkflowClient client;

    public TemporalJoins(WorkflowClient client) {
        this.client = client;
    }

    @Override
    public Answer start(Verdict.Start start) {
        return start(start.request());
    }

    private Answer start(NodeRequest request) {
        return start(request, () -> latest(id(request)), run -> judge(run, request));
    }

    @Override
    public Answer startUnlessBusy(JoinRequest request) {
        return start(
                request, () -> describe(id(request)), run -> busy(run, request).or(() -> judge(run, request)));
    }

    /** Starts it unless the latest run has the answer; looks again if another one has started meanwhile. */
    private Answer start(
            NodeRequest request,
            Supplier<Optional<WorkflowExecutionDescription>> latest,
            Function<WorkflowExecutionDescription, Optional<Answer>> judgement) {
        Optional<WorkflowExecutionDescription> before = latest.get();
        Optional<Answer> known = before.flatMap(judgement);
        if (known.isPresent()) {
            return known.get();
        }
        EarlierRequests earlier = before.map(this::known).orElse(EarlierRequests.NONE);
        try {
            client.newUntypedWorkflowStub(NodeRuns.workflowType(request), options(request, earlier))
                    .start(request);
            return new Answer.Started();
        } catch (WorkflowExecutionAlreadyStarted e) {
            return latest.get().flatMap(judgement).orElseThrow(() -> e);
        }
    }

    private static String id(NodeRequest request) {
        return NodeJoinWorkflow.id(request.node().cluster(), request.node().node());
    }

    private static Optional<Answer> busy(WorkflowExecutionDescription run, JoinRequest request) {
        String joinId = memo(run, JoinMemo.JOIN_ID);
        return isRunning(run) && !request.joinId().value().equals(joinId)
                ? superseded("request " + joinId + " for this node is under way")
                : Optional.empty();
    }

    /** One that was handed over may not have been read yet: a run that stands still reads nothing. */
    @Override
    public boolean know(NodeRequest request) {
        return describe(id(request))
                .filter(run ->
                        read(run).contains(request.joinId()) || handedTo(run).contains(request.joinId()))
                .isPresent();
    }

    @Override
    public void cancel(Verdict.Cancel cancel) {
        String workflowId = NodeJoinWorkflow.id(cancel.cluster(), cancel.node());
        try {
            client.newUntypedWorkflowStub(workflowId).signal(NodeRuns.CANCELLED, cancel.abort());
        } catch (WorkflowNotFoundException _) {
            LOG.info("no join to cancel for {} in {}", cancel.node(), cancel.cluster());
        }
    }

    /** The latest run, at its end if it is about to end. */
    private Optional<WorkflowExecutionDescription> latest(String workflowId) {
        Optional<WorkflowExecutionDescription> latest = describe(workflowId);
        if (latest.isPresent() && isEnding(latest.get())) {
            awaitEnd(latest.get());
            return describe(workflowId);
        }
        return latest;
    }

    /** A signal that Temporal has taken is never lost: a run that was about to end goes on with the newer request. */
    private Answer handOver(WorkflowExecutionDescription running, NodeRequest newer) {
        WorkflowTargetOptions target = WorkflowTargetOptions.newBuilder()
                .setWorkflowExecution(running.getExecution())
                .build();
        try {
            client.newUntypedWorkflowStub(target).signal(NodeRuns.SUPERSEDED, newer);
            return new Answer.Waiting();
        } catch (WorkflowNotFoundException _) {
            LOG.debug("run {} has ended meanwhile", running.getExecution().getRunId());
            return start(newer);
        }
    }

    /** Its outcome may be out already, and be answered by the request at hand. */
    private static boolean isEnding(WorkflowExecutionDescription run) {
        String phase = run.getTypedSearchAttributes().get(JoinAttributes.PHASE);
        return isRunning(run) && phase != null && Phase.valueOf(phase).terminal();
    }

    private void awaitEnd(WorkflowExecutionDescription run) {
        WorkflowTargetOptions target = WorkflowTargetOptions.newBuilder()
                .setWorkflowExecution(run.getExecution())
                .build();
        try {
            JoinEnd end = client.newUntypedWorkflowStub(target)
                    .getResult(ENDING.toMillis(), TimeUnit.MILLISECONDS, JoinEnd.class);
            LOG.debug("the join before this one ended: {}", end.phase());
        } catch (TimeoutException | WorkflowException e) {
            LOG.info(
                    "the join of {} takes its time to end: {}",
                    run.getExecution().getWorkflowId(),
                    RootCause.reason(e));
        }
    }

    private static boolean isRunning(WorkflowExecutionDescription run) {
        return run.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    }

    private Optional<Answer> judge(WorkflowExecutionDescription latest, NodeRequest request) {
        String joinId = memo(latest, JoinMemo.JOIN_ID);
        if (known(latest).contains(request.joinId())) {
            return Optional.of(new Answer.Duplicate());
        }
        String generation = memo(latest, JoinMemo.GENERATION);
        if (generation != null && !request.isNewerThan(Instant.parse(generation))) {
            return superseded("request " + joinId + " for this node was made at " + generation
                    + ", not before this one at " + request.generation());
        }
        return isRunning(latest) ? Optional.of(handOver(latest, request)) : Optional.empty();
    }

    /** The requests that this run answers, or that were answered before it. Of a run that was ended from outside the janitor answers them. */
    private EarlierRequests known(WorkflowExecutionDescription run) {
        return ENDED_FROM_OUTSIDE.contains(run.getStatus()) ? read(run).and(handedTo(run)) : read(run);
    }

    private List<JoinId> handedTo(WorkflowExecutionDescription run) {
        WorkflowExecution execution = run.getExecution();
        return client.fetchHistory(execution.getWorkflowId(), execution.getRunId()).getEvents().stream()
                .flatMap(event -> NodeRuns.handedOver(event, client.getOptions().getDataConverter()).stream())
                .map(NodeRequest::joinId)
                .toList();
    }

    /** The requests that this run has read, and those before it. */
    private static EarlierRequests read(WorkflowExecutionDescription run) {
        String joinId = memo(run, JoinMemo.JOIN_ID);
        EarlierRequests earlier = EarlierRequests.of(memo(run, JoinMemo.EARLIER));
        return joinId == null ? earlier : earlier.and(List.of(new JoinId(joinId)));
    }

    private static Optional<Answer> superseded(String detail) {
        return Optional.of(new Answer.Superseded(new Problem(ErrorCode.SUPERSEDED, detail)));
    }

    private Optional<WorkflowExecutionDescription> describe(String workflowId) {
        try {
            return Optional.of(client.newUntypedWorkflowStub(workflowId).describe());
        } catch (WorkflowNotFoundException _) {
            return Optional.empty();
        }
    }

    private static @Nullable String memo(WorkflowExecutionDescription run, String key) {
        return (String) run.getMemo(key, String.class);
    }

    private static WorkflowOptions options(NodeRequest request, EarlierRequests earlier) {
        return WorkflowOptions.newBuilder()
                .setWorkflowId(id(request))
                .setTaskQueue(TaskQueues.NODEJOIN)
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
                .setMemo(NodeRuns.memo(request, earlier))
                .setTypedSearchAttributes(NodeRuns.attributes(request))
                .setStaticSummary(NodeRuns.summary(request))
                .build();
    }
}
