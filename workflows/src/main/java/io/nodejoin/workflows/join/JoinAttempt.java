package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.StateMachine;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One attempt of a join: one bootstrap token and every step that uses it. The first failure stops all its steps. */
final class JoinAttempt {
    private JoinPlan plan;
    private final JoinSequence sequence;
    private final LocalActivities localActivities;
    private final Compensation compensation;
    private final StateMachine<JoinState> states;
    private final CancellationScope scope;
    private final CompletablePromise<JoinState.Joined> joined = Workflow.newPromise();
    private final List<Promise<?>> asyncSteps = new ArrayList<>();

    JoinAttempt(
            JoinPlan plan,
            JoinState.AttemptStart start,
            Enrollment enrollment,
            HostCommandClient host,
            StateMachine<JoinState> states,
            LocalActivities localActivities) {
        this.plan = plan;
        this.states = states;
        this.localActivities = localActivities;
        host.setTarget(plan.commandTarget());
        compensation = new Compensation(plan.node(), host);
        sequence = new JoinSequence(this, states, enrollment, host, compensation, localActivities);
        scope = Workflow.newDetachedCancellationScope(() -> joined.complete(runSequence(start)));
    }

    JoinPlan plan() {
        return plan;
    }

    /**
     * Runs the main sequence of steps.
     *
     * @throws TemporalFailure after the attempt is stopped
     */
    JoinState.Joined run() {
        try {
            scope.run();
            return joined.get();
        } catch (TemporalFailure failure) {
            stop(stopOf(failure));
            throw failure;
        }
    }

    private JoinState.Joined runSequence(JoinState.AttemptStart start) {
        if (!isDeadlineAhead()) { // a request that was pending may start after its own deadline
            throw JoinFailures.of(plan.expiredBeforeStart());
        }
        startAsync(this::runDeadlineTimer);
        return sequence.run(start);
    }

    /** Waits before an attempt that is not the first. */
    void pause() {
        WorkflowTime.timer("Pause before attempt " + plan.attempt(), StepOptions.ATTEMPT_INTERVAL)
                .get();
    }

    /** Gives the attempt until this later deadline. */
    void extendDeadline(Instant later) {
        plan = plan.withDeadline(later);
        startAsync(this::runDeadlineTimer);
    }

    private Promise<Boolean> runDeadlineTimer() {
        localActivities.awaitIdle();
        Duration left = timeLeft();
        return WorkflowTime.timer(
                        "Deadline of the join of " + plan.nodeName(), left.isPositive() ? left : Duration.ofMillis(1))
                .handle((_, cancelled) -> cancelled == null
                        && !isDeadlineAhead()
                        && stop(new JoinState.Failure(plan.deadlineExceeded(states.current()))));
    }

    private boolean isDeadlineAhead() {
        return timeLeft().isPositive();
    }

    private Duration timeLeft() {
        return Duration.between(WorkflowTime.now(), plan.deadline());
    }

    /** Runs a step asynchronously; its failure stops the attempt at once. */
    <T> Promise<T> startAsync(Functions.Func<T> step) {
        Promise<T> promise = Async.function(step);
        promise.handle((_, failure) -> failure != null && stop(stopOf(failure)));
        asyncSteps.add(promise);
        return promise;
    }

    private JoinState.Stop stopOf(RuntimeException failure) {
        Problem why = JoinFailures.problemOf(failure, scope);
        return why.equals(JoinFailures.WORKFLOW_CANCELLED) ? new JoinState.Abort(why) : new JoinState.Failure(why);
    }

    /** Stops the attempt if it runs: of several reasons the first counts, since later ones follow from it. */
    boolean stop(JoinState.Stop why) {
        if (states.current() instanceof JoinState.Running running && running.attempt() == plan.attempt()) {
            states.stop(running.stop(why));
            scope.cancel(why.problem().code().name());
            return true;
        }
        return false;
    }

    /** Waits for asynchronous steps to end, so that none acts after its compensation. */
    void awaitAsyncSteps() {
        WorkflowTime.await(
                "Wait for running steps to end",
                StepOptions.COMPENSATION_HEAD_START,
                () -> asyncSteps.stream().allMatch(Promise::isCompleted));
    }

    /**
     * Waits, after the join's end, for what still runs, no longer than a token may be accepted; cancels the rest.
     *
     * @param report receives a revocation that is not verified in time
     */
    void awaitSettled(BooleanSupplier nextIsPending, Consumer<JoinRevocationUnverified> report) {
        boolean settled = awaitSettled(StepOptions.REVOCATION_ALARM_DELAY, nextIsPending);
        if (states.current() instanceof JoinState.Joined && !nextIsPending.getAsBoolean()) {
            sequence.unverifiedRevocation().ifPresent(report);
        }
        if (!settled) {
            awaitSettled(StepOptions.TOKEN_REFUSED_TIMEOUT.minus(StepOptions.REVOCATION_ALARM_DELAY), nextIsPending);
        }
        scope.cancel("the join has ended");
    }

    private boolean awaitSettled(Duration limit, BooleanSupplier nextIsPending) {
        return WorkflowTime.await(
                "Wait for the rejection of the token",
                limit,
                () -> nextIsPending.getAsBoolean() || asyncSteps.stream().allMatch(Promise::isCompleted));
    }

    CompensationResult compensate() {
        return compensation.compensate();
    }

    /** Returns the earliest time for the same request again, if known. */
    @Nullable Instant retryNotBefore(CompensationResult result) {
        Instant quarantinedUntil = sequence.nameQuarantinedUntil();
        return quarantinedUntil == null ? result.nameBlockedUntil() : quarantinedUntil;
    }

    /**
     * Returns whether another attempt may follow this stop. It is possible after a step that needs compensation, or once the host
     * was sent a command that was lost; before that, each step has its own retries.
     */
    boolean allowsAnotherAttempt(JoinState.Stop stop) {
        return switch (stop) {
            case JoinState.Failure(Problem why) ->
                (compensation.hasActions() || sequence.hasLostHost(why))
                        && plan.allowsAnotherAttempt(why, WorkflowTime.now());
            case JoinState.Abort _ -> false;
        };
    }
}
