package io.nodejoin.workflows.simulation;

import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.failure.v1.TimeoutFailureInfo;
import io.temporal.api.workflowservice.v1.PollActivityTaskQueueResponse;
import io.temporal.api.workflowservice.v1.RespondActivityTaskCompletedRequest;
import io.temporal.internal.statemachines.ExecuteLocalActivityParameters;
import io.temporal.internal.worker.LocalActivityResult;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A local activity in the process of its workflow task, which waits for it. It has one attempt and no heartbeat. */
final class LocalActivity implements ActivityInvocation {
    private static final int ONLY = 1;
    private static final Duration LOOK = Duration.ofMillis(1);

    private final SimulatedTemporal temporal;
    private final PollActivityTaskQueueResponse wanted;
    private @Nullable LocalActivityResult result;

    LocalActivity(SimulatedTemporal temporal, ExecuteLocalActivityParameters parameters) {
        this.temporal = temporal;
        this.wanted = parameters.cloneActivityTaskBuilder().build();
    }

    /** Executes the activity; waits for its end or its timeout, after which it may continue unobserved. */
    LocalActivityResult execute(Fiber workflowTask, Replica replica) {
        temporal.workers.execute(new ActivityAttempt(this, ONLY, replica));
        workflowTask.await(temporal.timeline.now().plus(startToClose()), LOOK, () -> result != null);
        if (result == null) {
            temporal.trace.add("activity", type() + "#" + id() + " times out in its workflow task");
            result = failed(timeout(), RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
        }
        return Objects.requireNonNull(result);
    }

    @Override
    public SimulatedTemporal temporal() {
        return temporal;
    }

    @Override
    public String id() {
        return wanted.getActivityId();
    }

    @Override
    public String type() {
        return wanted.getActivityType().getName();
    }

    @Override
    public Payloads input() {
        return wanted.getInput();
    }

    @Override
    public Duration startToClose() {
        return ActivityTask.duration(wanted.getStartToCloseTimeout());
    }

    @Override
    public Duration heartbeatTimeout() {
        return Duration.ZERO;
    }

    @Override
    public boolean isCurrent(int execution) {
        return result == null;
    }

    @Override
    public boolean heartbeat(int execution) {
        return false;
    }

    @Override
    public boolean losesReport() {
        return false;
    }

    @Override
    public void complete(int execution, @Nullable Payloads value) {
        RespondActivityTaskCompletedRequest.Builder completed = RespondActivityTaskCompletedRequest.newBuilder();
        if (value != null) {
            completed.setResult(value);
        }
        end(new LocalActivityResult(id(), ONLY, completed.build(), null, null, null));
    }

    @Override
    public void fail(int execution, Failure failure) {
        end(failed(
                failure,
                failure.getApplicationFailureInfo().getNonRetryable()
                        ? RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE
                        : RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED));
    }

    @Override
    public void confirmCancel(int execution) {
        throw new IllegalStateException("local activities are not cancelled: " + type());
    }

    private void end(LocalActivityResult reported) {
        if (result == null) {
            result = reported;
        }
    }

    private LocalActivityResult failed(Failure failure, RetryState state) {
        var failed = new LocalActivityResult.ExecutionFailedResult(state, failure, null);
        return new LocalActivityResult(id(), ONLY, null, failed, null, null);
    }

    private static Failure timeout() {
        return Failure.newBuilder()
                .setMessage("local activity timed out")
                .setTimeoutFailureInfo(
                        TimeoutFailureInfo.newBuilder().setTimeoutType(TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE))
                .build();
    }
}
