package io.nodejoin.service.intake;

import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.DedupeWindow;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts joins and leaves as Temporal workflows, one workflow id per node. The latest run of a node's workflow tells
 * which request it ran and how new that is; after a conflict at the start it is read again, so that two concurrent
 * intakes agree. A newer request is signalled to the running join, which continues as new with it, so that a crash of
 * this process loses nothing.
 */
public final class TemporalJoinStarter implements JoinStarter {
    private static final Logger LOG = LoggerFactory.getLogger(TemporalJoinStarter.class);
    /** Such a run may not have read requests that were signalled to it. */
    private static final Set<WorkflowExecutionStatus> CLOSED_EXTERNALLY = Set.of(
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED,
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
            WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED);

    /**
     * In events. A run takes the next requests until then: each adds some, and Temporal terminates a run of 51,200 events, and accepts
     * 10,000 signals of one.
     */
    private static final int MAX_HISTORY_LENGTH = 10_000;

    private final WorkflowClient client;
    private final WorkflowClient startClient;
    private final CallDeadline startDeadline;
    private final EnrollmentHandover enrollments;

    /**
     * @param startClient starts workflows; if workers of this process use it too, Temporal hands them the first workflow
     *     task with its answer
     * @param startDeadline of a start, since workers retry for long
     * @param enrollments the enrollments that are handed over with a start
     */
    public TemporalJoinStarter(
            WorkflowClient client,
            WorkflowClient startClient,
            CallDeadline startDeadline,
            EnrollmentHandover enrollments) {
        this.client = client;
        this.startClient = startClient;
        this.startDeadline = startDeadline;
        this.enrollments = enrollments;
    }

    @Override
    public StartResult start(RequestDecision.Start start) {
        return start.request() instanceof JoinRequest join && isStartedAsFirst(join)
                ? new StartResult.Started()
                : start(start.request());
    }

    /** Starts the join if its node has no run yet, as most have not: Temporal then is asked once and not twice. */
    private boolean isStartedAsFirst(JoinRequest request) {
        WorkflowOptions options = options(request, DedupeWindow.EMPTY)
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .build();
        try {
            startWorkflow(request, options);
            return true;
        } catch (WorkflowExecutionAlreadyStarted _) {
            return false;
        }
    }

    private StartResult start(NodeRequest request) {
        return start(request, run -> decide(run, request));
    }

    @Override
    public StartResult startIfIdle(JoinRequest request) {
        return start(request, run -> supersededByRunning(run, request).or(() -> decide(run, request)));
    }

    /** Starts the request unless the latest run decides it; reads again if another run has started meanwhile. */
    private StartResult start(
            NodeRequest request, Function<WorkflowExecutionDescription, Optional<StartResult>> decision) {
        Optional<WorkflowExecutionDescription> before = describe(id(request));
        Optional<StartResult> known = before.flatMap(decision);
        if (known.isPresent()) {
            return known.get();
        }
        DedupeWindow dedupeWindow = before.map(this::knownRequests).orElse(DedupeWindow.EMPTY);
        try {
            startWorkflow(request, options(request, dedupeWindow).build());
            return new StartResult.Started();
        } catch (WorkflowExecutionAlreadyStarted e) {
            return describe(id(request)).flatMap(decision).orElseThrow(() -> e);
        }
    }

    /** Temporal answers with the run of this start only: what was passed to it is what the run has. */
    private void startWorkflow(NodeRequest request, WorkflowOptions options) {
        WorkflowStub stub = startClient.newUntypedWorkflowStub(NodeWorkflows.workflowType(request), options);
        switch (request) {
            case JoinRequest join when join.spec().needsMachine() -> startDeadline.within(() -> stub.start(join));
            case JoinRequest join -> {
                Optional<EnrollmentProof> proof = enrollments.findProof(join);
                WorkflowExecution started = startDeadline.within(() -> stub.start(join, proof.orElse(null)));
                proof.ifPresent(passed -> enrollments.bound(join, passed, started.getRunId()));
            }
            case LeaveRequest leave -> startDeadline.within(() -> stub.start(leave));
        }
    }

    private static String id(NodeRequest request) {
        return NodeJoinWorkflow.workflowId(
                request.node().cluster(), request.node().name());
    }

    private static Optional<StartResult> supersededByRunning(WorkflowExecutionDescription run, JoinRequest request) {
        String joinId = memo(run, MemoKeys.JOIN_ID);
        return isRunning(run) && !request.joinId().value().equals(joinId)
                ? superseded("request " + joinId + " for this node is running")
                : Optional.empty();
    }

    /** A signalled request may not have been read yet: a workflow without a running worker reads nothing. */
    @Override
    public boolean isKnown(NodeRequest request) {
        return describe(id(request))
                .filter(run -> readRequests(run).contains(request.joinId())
                        || supersedingRequests(run).contains(request.joinId()))
                .isPresent();
    }

    @Override
    public Optional<Problem> cancel(RequestDecision.Cancel cancel) {
        String workflowId = NodeJoinWorkflow.workflowId(cancel.cluster(), cancel.node());
        Optional<WorkflowExecutionDescription> running = describe(workflowId).filter(TemporalJoinStarter::isRunning);
        if (running.isEmpty()) {
            return notAbortable("no request for this node is running");
        }
        String generation = memo(running.get(), MemoKeys.GENERATION);
        Instant wanted = cancel.abort().generation();
        if (generation != null && wanted != null && Instant.parse(generation).isAfter(wanted)) {
            return notAbortable("request " + memo(running.get(), MemoKeys.JOIN_ID) + " for this node has the time "
                    + generation + ", after the cancel at " + wanted);
        }
        PoolName pool = cancel.abort().pool();
        if (pool != null && !pool.equals(pool(running.get()))) {
            return Optional.of(notInPool(running.get(), pool));
        }
        try {
            client.newUntypedWorkflowStub(workflowId).signal(NodeWorkflows.CANCEL_REQUESTED, cancel.abort());
            return Optional.empty();
        } catch (WorkflowNotFoundException _) {
            return notAbortable("the request for this node has ended");
        }
    }

    private static Optional<Problem> notAbortable(String detail) {
        return Optional.of(new Problem(ErrorCode.NOT_ABORTABLE, detail));
    }

    private static Problem notInPool(WorkflowExecutionDescription running, @Nullable PoolName pool) {
        return new Problem(
                ErrorCode.NODE_NOT_IN_POOL,
                "request " + memo(running, MemoKeys.JOIN_ID) + ", which runs for this node, is not of the pool "
                        + pool);
    }

    private static @Nullable PoolName pool(WorkflowExecutionDescription run) {
        String pool = run.getTypedSearchAttributes().get(JoinSearchAttributes.POOL);
        return pool == null ? null : new PoolName(pool);
    }

    /**
     * Temporal never loses an accepted signal: a run that was about to close continues as new with the newer request. If its
     * outcome is published already, that stands.
     */
    private StartResult signalSuperseding(WorkflowExecutionDescription running, NodeRequest newer) {
        WorkflowTargetOptions target = WorkflowTargetOptions.newBuilder()
                .setWorkflowExecution(running.getExecution())
                .build();
        try {
            client.newUntypedWorkflowStub(target).signal(NodeWorkflows.SUPERSEDED, newer);
            return new StartResult.Queued();
        } catch (WorkflowNotFoundException _) {
            LOG.debug("run {} has closed meanwhile", running.getExecution().getRunId());
            return start(newer);
        }
    }

    private static boolean isRunning(WorkflowExecutionDescription run) {
        return run.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    }

    private Optional<StartResult> decide(WorkflowExecutionDescription latest, NodeRequest request) {
        String joinId = memo(latest, MemoKeys.JOIN_ID);
        if (knownRequests(latest).contains(request.joinId())) {
            return Optional.of(new StartResult.Duplicate());
        }
        String generation = memo(latest, MemoKeys.GENERATION);
        if (generation != null && !request.isNewerThan(Instant.parse(generation))) {
            return superseded("request " + joinId + " for this node has the time " + generation
                    + ", not before this one at " + request.generation());
        }
        if (!isRunning(latest)) {
            return Optional.empty();
        }
        if (!request.mayReplace(pool(latest))) {
            return Optional.of(new StartResult.Refused(notInPool(latest, request.pool())));
        }
        return latest.getHistoryLength() < MAX_HISTORY_LENGTH
                ? Optional.of(signalSuperseding(latest, request))
                : Optional.of(new StartResult.Refused(new Problem(
                        ErrorCode.RATE_LIMITED,
                        "too many requests for this node wait for the end of request " + joinId)));
    }

    /**
     * Returns the requests that this run has processed, and those before it. The garbage collector publishes the
     * outcomes of a run that was closed from outside.
     */
    private DedupeWindow knownRequests(WorkflowExecutionDescription run) {
        return CLOSED_EXTERNALLY.contains(run.getStatus())
                ? readRequests(run).plus(supersedingRequests(run))
                : readRequests(run);
    }

    private List<JoinId> supersedingRequests(WorkflowExecutionDescription run) {
        WorkflowExecution execution = run.getExecution();
        return client.fetchHistory(execution.getWorkflowId(), execution.getRunId()).getEvents().stream()
                .flatMap(event ->
                        NodeWorkflows.parseSupersedingRequest(
                                event, client.getOptions().getDataConverter())
                                .stream())
                .map(NodeRequest::joinId)
                .toList();
    }

    /** Returns the requests that this run has read, and those before it. */
    private static DedupeWindow readRequests(WorkflowExecutionDescription run) {
        String joinId = memo(run, MemoKeys.JOIN_ID);
        DedupeWindow dedupeWindow = DedupeWindow.parse(memo(run, MemoKeys.DEDUPE_WINDOW));
        return joinId == null ? dedupeWindow : dedupeWindow.plus(List.of(new JoinId(joinId)));
    }

    private static Optional<StartResult> superseded(String detail) {
        return Optional.of(new StartResult.Refused(new Problem(ErrorCode.SUPERSEDED, detail)));
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

    private static WorkflowOptions.Builder options(NodeRequest request, DedupeWindow dedupeWindow) {
        return WorkflowOptions.newBuilder()
                .setWorkflowId(id(request))
                .setTaskQueue(TaskQueues.NODEJOIN)
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
                .setMemo(NodeWorkflows.memo(request, dedupeWindow))
                .setTypedSearchAttributes(NodeWorkflows.searchAttributes(request))
                .setStaticSummary(NodeWorkflows.summary(request))
                .setDisableEagerExecution(false);
    }
}
