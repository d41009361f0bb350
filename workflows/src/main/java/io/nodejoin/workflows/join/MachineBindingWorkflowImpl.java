package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.CommandTarget;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.BoundMachine;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.MachineBindingWorkflow;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.lifecycle.NodeWorkflowHandlers;
import io.nodejoin.workflows.lifecycle.RequestEvents;
import io.nodejoin.workflows.pool.BindRequest;
import io.nodejoin.workflows.pool.PoolOwner;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The join before it has a machine. */
public final class MachineBindingWorkflowImpl extends NodeWorkflowHandlers<BindingState>
        implements MachineBindingWorkflow {
    private final JoinRequest request;
    private final PoolName poolName;
    private Optional<Problem> aborted = Optional.empty();

    @WorkflowInit
    public MachineBindingWorkflowImpl(JoinRequest request) {
        super(
                request,
                new HostCommandClient(new CommandTarget(request.node(), request.joinId(), 1)),
                new BindingState.Waiting("the pool is asked"),
                (state, phases) -> event(request, state, phases));
        this.request = request;
        poolName = Objects.requireNonNull(request.pool(), "a join without a secret names a pool");
    }

    private static Optional<LifecycleEvent.Outcome> event(
            JoinRequest request, BindingState state, List<PhaseTime> phases) {
        return switch (state) {
            case BindingState.Waiting _ -> Optional.of(RequestEvents.accepted(request));
            case BindingState.Bound _ -> Optional.empty();
            case BindingState.NotBound(Problem why) ->
                Optional.of(JoinOutcomeEvents.withoutMachine(request, why, phases));
        };
    }

    @Override
    public JoinResult bind(JoinRequest wanted) {
        return runToEnd(this::awaitMachine);
    }

    private BindingState.Ended awaitMachine() {
        PoolOwner pool = pool();
        if (!pool.request(bindRequest())) {
            return notBound(new Problem(ErrorCode.POOL_EXHAUSTED, "no machine was offered to the pool " + poolName));
        }
        localActivities.awaitIdle();
        Duration left = Duration.between(WorkflowTime.now(), request.deadline());
        WorkflowTime.await(
                "Wait for a machine of pool " + poolName,
                left.isPositive() ? left : Duration.ofMillis(1),
                () -> aborted.isPresent() || states.current() instanceof BindingState.Bound);
        return switch (states.current()) {
            case BindingState.Bound bound when aborted.isEmpty() -> bound;
            case BindingState.Waiting(String reason)
            when aborted.isEmpty() -> {
                pool.withdraw(request.joinId());
                yield notBound(new Problem(ErrorCode.POOL_EXHAUSTED, reason));
            }
            case BindingState _ -> {
                pool.withdraw(request.joinId());
                yield notBound(aborted.orElseThrow());
            }
        };
    }

    private BindingState.NotBound notBound(Problem why) {
        return states.transitionTo(new BindingState.NotBound(why));
    }

    private PoolOwner pool() {
        return new PoolOwner(new PoolRef(request.node().cluster(), poolName));
    }

    private BindRequest bindRequest() {
        WorkflowInfo info = Workflow.getInfo();
        return new BindRequest(
                request.joinId(),
                request.node().name(),
                info.getWorkflowId(),
                info.getRunId(),
                request.generation(),
                request.deadline(),
                request.spec().wantedMachine());
    }

    @Override
    public void machineBound(BoundMachine machine) {
        if (states.current() instanceof BindingState.Waiting) {
            BindingState.Bound _ = states.stop(new BindingState.Bound(machine));
        }
    }

    @Override
    public void machineAwaited(String reason) {
        if (states.current() instanceof BindingState.Waiting) {
            BindingState.Waiting _ = states.stop(new BindingState.Waiting(reason));
        }
    }

    /** A machine that the join has got and does not take goes back. */
    @Override
    protected void settle(BooleanSupplier nextIsPending) {
        if (states.current() instanceof BindingState.Bound && aborted.isPresent()) {
            pool().withdraw(request.joinId());
            report(RequestEvents.cancelledBeforeStart(request, aborted.get(), WorkflowTime.now()));
        }
    }

    @Override
    protected Optional<NodeRequest> successor() {
        return states.current() instanceof BindingState.Bound(BoundMachine machine) && aborted.isEmpty()
                ? Optional.of(request.with(machine))
                : Optional.empty();
    }

    @Override
    protected void abort(Problem why) {
        if (aborted.isEmpty() && !(states.current() instanceof BindingState.NotBound)) {
            aborted = Optional.of(why);
        }
    }

    @Override
    protected boolean isAbortable() {
        return aborted.isEmpty() && !(states.current() instanceof BindingState.NotBound);
    }

    @Override
    protected Instant deadline() {
        return request.deadline();
    }

    @Override
    public EnrollmentBinding enroll(EnrollmentProof proof) {
        throw JoinFailures.of(Enrollment.REFUSED);
    }

    @Override
    public void validateEnroll(EnrollmentProof proof) {
        throw JoinFailures.of(Enrollment.REFUSED);
    }
}
