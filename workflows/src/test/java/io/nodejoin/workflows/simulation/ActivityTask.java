package io.nodejoin.workflows.simulation;

import com.google.protobuf.util.Durations;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.RetryPolicy;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.failure.v1.TimeoutFailureInfo;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One activity in Temporal's server: attempts, timeouts, cancellation. Independent of what the worker does. */
final class ActivityTask implements ActivityInvocation {
    private final WorkflowRun run;
    private final long id;
    private final ActivityTaskScheduledEventAttributes wanted;

    private final VirtualTime timeline;
    private final @Nullable Instant expiry;
    private final List<VirtualTime.ScheduledEvent> limits = new ArrayList<>();
    private int attempt = 1;
    private boolean started;
    private boolean over;
    private boolean cancelRequested;
    private @Nullable Failure lastFailure;
    private VirtualTime.@Nullable ScheduledEvent silence;

    ActivityTask(WorkflowRun run, long id, ActivityTaskScheduledEventAttributes wanted) {
        this.run = run;
        this.id = id;
        this.wanted = wanted;
        this.timeline = run.temporal.timeline;
        Duration total = duration(wanted.getScheduleToCloseTimeout());
        this.expiry = total.isPositive() ? timeline.now().plus(total) : null;
        if (expiry != null) {
            timeline.scheduleAt(expiry, () -> timeOut(attempt, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE));
        }
        queue();
    }

    @Override
    public SimulatedTemporal temporal() {
        return run.temporal;
    }

    @Override
    public String id() {
        return String.valueOf(id);
    }

    @Override
    public Payloads input() {
        return wanted.getInput();
    }

    @Override
    public String type() {
        return wanted.getActivityType().getName();
    }

    @Override
    public Duration startToClose() {
        return duration(wanted.getStartToCloseTimeout());
    }

    @Override
    public Duration heartbeatTimeout() {
        return duration(wanted.getHeartbeatTimeout());
    }

    @Override
    public boolean isCurrent(int execution) {
        return !over && started && attempt == execution;
    }

    @Override
    public boolean heartbeat(int execution) {
        if (isCurrent(execution)) {
            watchSilence();
        }
        return cancelRequested;
    }

    @Override
    public void complete(int execution, @Nullable Payloads result) {
        if (isCurrent(execution)) {
            end();
            run.addEvents(
                    HistoryEvents.activityStarted(id, attempt, lastFailure),
                    HistoryEvents.activityCompleted(id, result));
        }
    }

    @Override
    public void fail(int execution, Failure failure) {
        if (!isCurrent(execution)) {
            return;
        }
        boolean retryable = !failure.getApplicationFailureInfo().getNonRetryable();
        RetryState state = retryable ? retry(failure) : RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE;
        if (state != RetryState.RETRY_STATE_IN_PROGRESS) {
            end();
            run.addEvents(
                    HistoryEvents.activityStarted(id, attempt, lastFailure),
                    HistoryEvents.activityFailed(id, failure, state));
        }
    }

    @Override
    public boolean losesReport() {
        return run.temporal.losses.dropsCompletion();
    }

    @Override
    public void confirmCancel(int execution) {
        if (isCurrent(execution)) {
            end();
            run.addEvents(HistoryEvents.activityStarted(id, attempt, lastFailure), HistoryEvents.activityCanceled(id));
        }
    }

    void requestCancel() {
        cancelRequested = true;
        if (!started) {
            end();
            run.addEvents(HistoryEvents.activityCanceled(id));
        }
    }

    /** Ends the activity with its workflow. */
    void forget() {
        over = true;
        limits.forEach(VirtualTime.ScheduledEvent::callOff);
    }

    private void end() {
        forget();
        run.activities.remove(id);
    }

    private void queue() {
        int next = attempt;
        Duration timeout = duration(wanted.getScheduleToStartTimeout());
        if (timeout.isPositive()) {
            timeline.scheduleAfter(timeout, () -> {
                if (!started) {
                    timeOut(next, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START);
                }
            });
        }
        run.temporal.workers.dispatch(
                wanted.getTaskQueue().getName(), () -> !over && !started && attempt == next, this::start);
    }

    private void start(Replica replica) {
        started = true;
        int execution = attempt;
        limits.add(timeline.scheduleAfter(
                startToClose(), () -> timeOut(execution, TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE)));
        watchSilence();
        run.temporal.workers.execute(new ActivityAttempt(this, execution, replica));
    }

    private void watchSilence() {
        if (silence != null) {
            silence.callOff();
        }
        int execution = attempt;
        if (heartbeatTimeout().isPositive()) {
            silence = timeline.scheduleAfter(
                    heartbeatTimeout(), () -> timeOut(execution, TimeoutType.TIMEOUT_TYPE_HEARTBEAT));
            limits.add(silence);
        }
    }

    private void timeOut(int execution, TimeoutType type) {
        if (over || attempt != execution) {
            return;
        }
        boolean last = type == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE
                || type == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
        Failure failure = timeoutFailure(type);
        RetryState state = last ? RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE : retry(failure);
        if (state == RetryState.RETRY_STATE_IN_PROGRESS) {
            return;
        }
        run.temporal.trace.add("temporal", type() + " times out: " + type);
        if (state == RetryState.RETRY_STATE_TIMEOUT) {
            failure = timeoutFailure(TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
        }
        boolean began = started;
        end();
        HistoryEvent.Builder timedOut = HistoryEvents.activityTimedOut(id, failure, state);
        if (began) {
            run.addEvents(HistoryEvents.activityStarted(id, attempt, lastFailure), timedOut);
        } else {
            run.addEvents(timedOut);
        }
    }

    private Failure timeoutFailure(TimeoutType type) {
        Failure.Builder failure = Failure.newBuilder()
                .setSource("Server")
                .setMessage("activity " + type)
                .setTimeoutFailureInfo(TimeoutFailureInfo.newBuilder().setTimeoutType(type));
        if (lastFailure != null) {
            failure.setCause(lastFailure);
        }
        return failure.build();
    }

    private RetryState retry(Failure failure) {
        RetryPolicy policy = wanted.getRetryPolicy();
        if (cancelRequested) {
            return RetryState.RETRY_STATE_CANCEL_REQUESTED;
        }
        if (policy.getMaximumAttempts() > 0 && attempt >= policy.getMaximumAttempts()) {
            return RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED;
        }
        Duration delay = delay(policy, failure);
        if (expiry != null && timeline.now().plus(delay).isAfter(expiry)) {
            return RetryState.RETRY_STATE_TIMEOUT;
        }
        started = false;
        attempt++;
        lastFailure = failure;
        limits.forEach(VirtualTime.ScheduledEvent::callOff);
        limits.clear();
        int next = attempt;
        timeline.scheduleAfter(delay, () -> {
            if (!over && attempt == next) {
                queue();
            }
        });
        return RetryState.RETRY_STATE_IN_PROGRESS;
    }

    private Duration delay(RetryPolicy policy, Failure failure) {
        if (failure.getApplicationFailureInfo().hasNextRetryDelay()) {
            return duration(failure.getApplicationFailureInfo().getNextRetryDelay());
        }
        double factor = Math.pow(policy.getBackoffCoefficient(), Math.min(attempt - 1, 30));
        long millis = (long) (Durations.toMillis(policy.getInitialInterval()) * factor);
        long most = Durations.toMillis(policy.getMaximumInterval());
        return Duration.ofMillis(most > 0 ? Math.min(millis, most) : millis);
    }

    static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofMillis(Durations.toMillis(duration));
    }
}
