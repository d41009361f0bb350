package io.nodejoin.workflows.leave;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.CommandTarget;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import io.nodejoin.workflows.lifecycle.NodeWorkflowHandlers;
import io.nodejoin.workflows.node.NodeOwnership;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Instant;

/** The leave workflow: order of its steps, and until when it can be aborted. */
public final class NodeLeaveWorkflowImpl extends NodeWorkflowHandlers<LeaveState> implements NodeLeaveWorkflow {
    private final LeaveRequest request;
    private final LeaveSteps steps;
    private final CompletablePromise<LeaveState.DrainEnd> drainEnd;
    private final CancellationScope drainScope;

    @WorkflowInit
    public NodeLeaveWorkflowImpl(LeaveRequest request) {
        this(request, new LeaveState.Requested());
    }

    private NodeLeaveWorkflowImpl(LeaveRequest request, LeaveState.Requested requested) {
        super(
                request,
                new HostCommandClient(new CommandTarget(request.node(), request.joinId(), 1)),
                requested,
                (state, phases) -> LeaveOutcomeEvents.fromState(request, state, phases));
        this.request = request;
        steps = new LeaveSteps(request, host);
        drainEnd = Workflow.newPromise();
        drainScope = Workflow.newDetachedCancellationScope(() -> drainEnd.complete(drain(requested)));
    }

    @Override
    public JoinResult leave(LeaveRequest wanted) {
        return runToEnd(this::run);
    }

    private LeaveState.Ended run() {
        try {
            drainScope.run();
            return switch (drainEnd.get()) {
                case LeaveState.Left absent -> absent;
                case LeaveState.Drained drained -> states.transitionTo(drained.left(steps.resetAndDelete(drained)));
            };
        } catch (TemporalFailure failure) {
            abort(JoinFailures.problemOf(failure, drainScope));
            return compensate();
        }
    }

    /** The steps that can still be undone. */
    private LeaveState.DrainEnd drain(LeaveState.Requested requested) {
        return switch (steps.findOwner()) {
            case NodeOwnership.Absent _ -> {
                steps.releaseMachine();
                yield states.transitionTo(requested.alreadyAbsent());
            }
            case NodeOwnership.Unmanaged unmanaged ->
                throw JoinFailures.of(
                        ErrorCode.NODE_NOT_MANAGED,
                        "no join is known that made the Node " + request.node().name() + " with UID "
                                + unmanaged.uid());
            case NodeOwnership.Managed managed -> {
                steps.cordon(managed);
                LeaveState.Cordoned cordoned = states.transitionTo(requested.cordoned(managed.joinedNode()));
                yield states.transitionTo(cordoned.drained(steps.drain(managed.joinedNode())));
            }
        };
    }

    private LeaveState.Failed compensate() {
        return switch (states.current()) {
            case LeaveState.Stopping stopping -> states.transitionTo(stopping.fail(steps.uncordon()));
            case LeaveState other -> throw new IllegalStateException("cannot be undone: " + other);
        };
    }

    @Override
    protected void abort(Problem why) {
        if (states.current() instanceof LeaveState.Reversible running) {
            states.stop(running.stop(why));
            drainScope.cancel(why.code().name());
        }
    }

    @Override
    protected Instant deadline() {
        return request.deadline();
    }

    @Override
    protected boolean isAbortable() {
        return states.current() instanceof LeaveState.Reversible;
    }

    @Override
    public EnrollmentBinding enroll(EnrollmentProof proof) {
        Workflow.await(() -> steps.enrollment().isPresent() || hasEnded());
        return steps.enrollment()
                .filter(enrollment -> enrollment.accepts(proof, true))
                .map(enrollment -> bind(enrollment, proof))
                .orElseThrow(() -> JoinFailures.of(Enrollment.REFUSED));
    }

    @Override
    public void validateEnroll(EnrollmentProof proof) {
        boolean isRefused =
                steps.enrollment().filter(known -> !known.accepts(proof, true)).isPresent();
        if (isRefused || hasEnded()) {
            throw JoinFailures.of(Enrollment.REFUSED);
        }
    }

    private boolean hasEnded() {
        return states.current() instanceof LeaveState.Ended;
    }
}
