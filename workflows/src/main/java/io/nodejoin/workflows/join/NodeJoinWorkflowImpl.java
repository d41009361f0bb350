package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeWorkflowHandlers;
import io.nodejoin.workflows.pool.PoolOwner;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The join workflow: its attempts, their compensation, and what it is asked meanwhile. {@link JoinSequence} has the steps. */
public final class NodeJoinWorkflowImpl extends NodeWorkflowHandlers<JoinState> implements NodeJoinWorkflow {
    private final JoinRequest request;
    private final Enrollment enrollment;
    private Instant deadline;
    private JoinAttempt attempt;

    @WorkflowInit
    public NodeJoinWorkflowImpl(JoinRequest request, @Nullable EnrollmentProof proof) {
        this(request, new JoinState.Requested(1));
        if (proof != null && enrollment.accepts(proof, true)) {
            bind(enrollment, proof);
        }
    }

    private NodeJoinWorkflowImpl(JoinRequest request, JoinState.Requested requested) {
        super(
                request,
                new HostCommandClient(new JoinPlan(request, 1).commandTarget()),
                requested,
                (state, phases) -> event(request, state, phases));
        this.request = request;
        deadline = request.deadline();
        enrollment = new Enrollment(request);
        attempt = newAttempt(requested);
    }

    /** A join that has waited for its machine was accepted before. */
    private static Optional<LifecycleEvent.Outcome> event(
            JoinRequest request, JoinState state, List<PhaseTime> phases) {
        return state instanceof JoinState.Requested && request.hasWaitedForMachine()
                ? Optional.empty()
                : Optional.of(JoinOutcomeEvents.fromState(request, state, phases));
    }

    private JoinAttempt newAttempt(JoinState.AttemptStart start) {
        return new JoinAttempt(
                new JoinPlan(request, start.attempt(), deadline), start, enrollment, host, states, localActivities);
    }

    @Override
    public JoinResult join(JoinRequest request, @Nullable EnrollmentProof proof) {
        return runToEnd(this::runAttempts);
    }

    private JoinState.Ended runAttempts() {
        return switch (runAttempt()) {
            case JoinState.Ended end -> end;
            case JoinState.AgentConnected next -> {
                attempt = newAttempt(next);
                yield runAttempts();
            }
        };
    }

    private JoinState.AttemptResult runAttempt() {
        try {
            return attempt.run();
        } catch (TemporalFailure failure) {
            return compensate();
        }
    }

    /**
     * Waits for asynchronous steps to end, so that none acts after its compensation, then compensates. Residue or an abort ends the join
     * without another attempt.
     */
    private JoinState.AttemptResult compensate() {
        attempt.awaitAsyncSteps();
        startCompensating();
        CompensationResult result = attempt.compensate();
        return switch (states.current()) {
            case JoinState.Compensating compensating
            when result.residue().isEmpty() && attempt.allowsAnotherAttempt(compensating.stop()) ->
                states.transitionTo(compensating.retry(enrollment.publicKey().orElseThrow()));
            case JoinState.Compensating compensating ->
                states.transitionTo(compensating.end(result, host.lastFailureLog(), attempt.retryNotBefore(result)));
            case JoinState other -> throw new IllegalStateException("compensated in " + other);
        };
    }

    /**
     * Gives the machine of a join without a node back to its pool. Proves that the API server rejects the token, and denies what else
     * it requested. If another request waits, the garbage collector denies that and deletes the ledger entry.
     */
    @Override
    protected void settle(BooleanSupplier nextIsPending) {
        if (states.current() instanceof JoinState.NotJoined end) {
            PoolOwner.release(
                    request.node(),
                    request.joinId(),
                    request.spec(),
                    end.compensation().hostResidue());
        }
        attempt.awaitSettled(nextIsPending, this::report);
    }

    private void startCompensating() {
        switch (states.current()) {
            case JoinState.Stopping stopping -> {
                if (stopping.stop() instanceof JoinState.Failure(Problem problem)) {
                    host.attemptFailed(problem.code());
                }
                states.transitionTo(stopping.compensate());
            }
            case JoinState other -> throw new IllegalStateException("not stopped: " + other);
        }
    }

    @Override
    protected void abort(Problem why) {
        switch (states.current()) {
            case JoinState.Running _ -> attempt.stop(new JoinState.Abort(why));
            case JoinState.Halted halted
            when attempt.allowsAnotherAttempt(halted.stop()) -> states.stop(halted.abort(why));
            case JoinState.Halted _, JoinState.Ended _ -> {}
        }
    }

    @Override
    protected boolean isAbortable() {
        return switch (states.current()) {
            case JoinState.Running _ -> true;
            case JoinState.Halted halted -> attempt.allowsAnotherAttempt(halted.stop());
            case JoinState.Ended _ -> false;
        };
    }

    @Override
    protected Instant deadline() {
        return deadline;
    }

    @Override
    public ExtendedDeadline extendDeadline(DeadlineExtension extension) {
        extendDeadline(extension.deadline());
        return new ExtendedDeadline(request.joinId(), deadline);
    }

    private void extendDeadline(Instant later) {
        deadline = later;
        attempt.extendDeadline(later);
    }

    @Override
    public void waitsForTurn() {
        if (isAbortable() && enrollment.recordTurnWait() && request.spec().deadline() == null) {
            Instant started = Instant.ofEpochMilli(Workflow.getInfo().getRunStartedTimestampMillis());
            Instant later = WorkflowTime.now().plus(Duration.between(started, request.deadline()));
            if (later.isAfter(deadline)) {
                extendDeadline(later);
            }
        }
    }

    @Override
    public void validateExtendDeadline(DeadlineExtension extension) {
        Instant latest = WorkflowTime.now().plus(StepOptions.MAX_DEADLINE_EXTENSION);
        if (!isAbortable()) {
            throw notExtendable("is already " + states.current().phase());
        }
        if (!extension.deadline().isAfter(deadline)) {
            throw notExtendable("has until " + deadline + ", which is not before " + extension.deadline());
        }
        if (extension.deadline().isAfter(latest)) {
            throw notExtendable("can have until " + latest + " at most");
        }
    }

    private RuntimeException notExtendable(String why) {
        return JoinFailures.of(
                ErrorCode.DEADLINE_NOT_EXTENDABLE,
                "the join of " + request.node().name() + " " + why);
    }

    @Override
    public EnrollmentBinding enroll(EnrollmentProof proof) {
        validateEnroll(proof);
        return bind(enrollment, proof);
    }

    @Override
    public void validateEnroll(EnrollmentProof proof) {
        enrollment.refusal(proof, isAbortable()).ifPresent(refusal -> {
            throw JoinFailures.of(refusal);
        });
    }
}
