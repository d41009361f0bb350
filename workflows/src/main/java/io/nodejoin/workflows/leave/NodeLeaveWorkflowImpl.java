package io.nodejoin.workflows.leave;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.CommandTarget;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.JoinReporter;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.lifecycle.NodeWorkflowHandlers;
import io.nodejoin.workflows.node.NodeOwnership;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The durable leave: in which order its steps run, and until when the node can still stay. */
public final class NodeLeaveWorkflowImpl implements NodeLeaveWorkflow {
    private final LeaveRequest request;
    private final HostCommandClient host;
    private final LeaveSteps steps;
    private final JoinReporter reporter;
    private final NodeWorkflowHandlers handlers;
    private final CancellationScope drainScope;
    private LeaveState state = new LeaveState.Requested();
    private @Nullable Problem problem;

    @WorkflowInit
    public NodeLeaveWorkflowImpl(LeaveRequest request) {
        this.request = request;
        host = new HostCommandClient(new CommandTarget(request.node(), request.joinId(), 1));
        steps = new LeaveSteps(request, host);
        reporter = new JoinReporter(request);
        handlers = new NodeWorkflowHandlers(
                request,
                reporter,
                new NodeWorkflowHandlers.RunningRequest(() -> state.phase(), this::isAbortable, this::abort));
        drainScope = Workflow.newCancellationScope(() -> drainAndLeave());
    }

    @Override
    public JoinResult leave(LeaveRequest wanted) {
        reporter.startPublishing();
        LeaveState.Ended end = run();
        reporter.awaitPublished();
        handlers.continueWithNext();
        return end.result();
    }

    private LeaveState.Ended run() {
        try {
            drainScope.run();
            if (state instanceof LeaveState.Drained drained) {
                Workflow.newDetachedCancellationScope(() -> applyState(drained.left(steps.resetAndDelete(drained))))
                        .run();
            }
        } catch (TemporalFailure failure) {
            abort(JoinFailures.problemOf(failure, drainScope));
            Workflow.newDetachedCancellationScope(this::compensate).run();
        }
        return (LeaveState.Ended) state;
    }

    /** The runbook, as far as the node can still stay. */
    private void drainAndLeave() {
        LeaveState.Requested requested = applyState(new LeaveState.Requested());
        switch (steps.findOwner()) {
            case NodeOwnership.Absent _ -> transitionTo(requested.alreadyAbsent());
            case NodeOwnership.Unmanaged unmanaged ->
                throw JoinFailures.of(
                        ErrorCode.NODE_NOT_MANAGED,
                        "no join is known that made the Node " + request.node().name() + " with UID "
                                + unmanaged.uid());
            case NodeOwnership.Managed managed -> {
                steps.cordon(managed);
                LeaveState.Cordoned cordoned = transitionTo(requested.cordoned(managed.joinedNode()));
                transitionTo(cordoned.drained(steps.drain(managed.joinedNode())));
            }
        }
    }

    private void compensate() {
        LeaveState.Reversible reversible = (LeaveState.Reversible) state;
        applyState(reversible.failed(Objects.requireNonNull(problem), steps.uncordon()));
    }

    private void abort(Problem why) {
        if (isAbortable()) {
            problem = why;
            drainScope.cancel(why.code().name());
        }
    }

    private boolean isAbortable() {
        return problem == null && state instanceof LeaveState.Reversible;
    }

    /** A step that ended in the same moment as the leave was given up does not count any more. */
    private <S extends LeaveState> S transitionTo(S next) {
        if (problem != null) {
            throw JoinFailures.of(problem);
        }
        CancellationScope.throwCanceled();
        return applyState(next);
    }

    private <S extends LeaveState> S applyState(S next) {
        state = next;
        reporter.reportPhase(
                next.phase(),
                next.waitingFor(),
                problem,
                phases -> LeaveOutcomeEvents.fromState(request, next, phases));
        return next;
    }

    @Override
    public EnrollmentBinding enroll(EnrollmentProof proof) {
        Workflow.await(() -> steps.enrollment().isPresent() || state instanceof LeaveState.Ended);
        return steps.enrollment()
                .filter(enrollment -> enrollment.accepts(proof, true))
                .map(enrollment -> enrollment.bind(proof))
                .orElseThrow(() -> JoinFailures.of(Enrollment.REFUSED));
    }

    @Override
    public void validateEnroll(EnrollmentProof proof) {
        boolean isRefused =
                steps.enrollment().filter(known -> !known.accepts(proof, true)).isPresent();
        if (isRefused || state instanceof LeaveState.Ended) {
            throw JoinFailures.of(Enrollment.REFUSED);
        }
    }

    @Override
    public void agentConnected(AgentConnection connection) {
        host.setConnection(connection);
    }

    @Override
    public void milestoneReached(MilestoneReport report) {
        host.recordMilestone(report);
    }

    @Override
    public AbortResponse abort(AbortRequest abort) {
        return handlers.abort(abort);
    }

    @Override
    public void validateAbort(AbortRequest abort) {
        handlers.validateAbort(abort);
    }

    @Override
    public void cancelRequested(AbortRequest abort) {
        handlers.cancelRequested(abort);
    }

    @Override
    public void superseded(NodeRequest newer) {
        handlers.superseded(newer);
    }

    @Override
    public JoinProgress progress() {
        return reporter.progress(state.phase(), state.waitingFor(), problem);
    }
}
