package io.nodejoin.workflows.hostcommand;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends commands to the host through the gateway replica that holds the agent's connection. */
public final class HostCommandClient {
    private final long firstSequence;
    private CommandTarget target;
    private final Set<ReachedMilestone> milestones = new LinkedHashSet<>();
    private @Nullable AgentConnection connection;
    private @Nullable ErrorCode failure;
    private int connectionCount;
    private int commandCount;
    private List<String> lastFailureLog = List.of();

    private record ReachedMilestone(String assignmentId, CommandMilestone milestone) {}

    private sealed interface SendResult {
        record Completed(HostResult result) implements SendResult {}

        /** The agent has moved to another replica, or its replica reports that it is away, or no longer reports anything. */
        record Lost(boolean agentIsAway) implements SendResult {}

        /** No worker of the replica took the command in time. */
        record NotDispatched() implements SendResult {}
    }

    /** Numbers the commands from the start of the run on, which is after all earlier runs of the node's workflow. */
    public HostCommandClient(CommandTarget host) {
        this(host, Workflow.getInfo().getRunStartedTimestampMillis());
    }

    /** @param firstSequence sequence of the first command */
    public HostCommandClient(CommandTarget host, long firstSequence) {
        this.target = host;
        this.firstSequence = firstSequence;
    }

    /** Sets the attempt that later commands belong to. */
    public void setTarget(CommandTarget attempt) {
        target = attempt;
        failure = null;
    }

    /** The later commands of the attempt take it back, since it failed. */
    public void attemptFailed(ErrorCode code) {
        failure = code;
    }

    public void setConnection(AgentConnection newest) {
        connection = newest;
        connectionCount++;
    }

    public boolean isConnected() {
        return connection != null;
    }

    public void recordMilestone(MilestoneReport report) {
        if (MilestoneReport.isAwaited(report.milestone())) {
            milestones.add(new ReachedMilestone(report.assignmentId(), report.milestone()));
        }
    }

    public boolean hasReached(Assignment assignment, CommandMilestone milestone) {
        return milestones.contains(new ReachedMilestone(assignment.id(), milestone));
    }

    /** Returns the last lines of the host's log that came with a failed command. */
    public List<String> lastFailureLog() {
        return lastFailureLog;
    }

    /** Returns the next command. */
    public Assignment nextAssignment(HostCommand command, Instant expiresAt) {
        return target.assignment(command, 1, nextSequence(), expiresAt);
    }

    /**
     * Returns a repeated command with an id of its own, so that the agent executes it instead of responding with the
     * recorded result.
     */
    public Assignment repeatedAssignment(HostCommand command, int repetition, Instant expiresAt) {
        return target.assignment(command, repetition, nextSequence(), expiresAt);
    }

    /** Returns a command that runs before the first attempt. */
    public Assignment preAttemptAssignment(HostCommand command, Instant expiresAt) {
        return target.beforeFirstAttempt().assignment(command, 1, nextSequence(), expiresAt);
    }

    private long nextSequence() {
        return firstSequence + commandCount++;
    }

    /**
     * Executes the assignment; sends it again over a newer connection if the current one is lost.
     *
     * @param timeout of each send, and of all sends through one replica, see {@link CommandRetryBudget}
     * @param timeoutCode code of the problem if it passes
     */
    public <R extends HostResult> R execute(
            Assignment assignment, Class<R> expected, Duration timeout, ErrorCode timeoutCode) {
        HostResult result = executeWithRetries(assignment, timeout, timeoutCode);
        if (expected.isInstance(result)) {
            return expected.cast(result);
        }
        if (result instanceof HostResult.HostFailed failed) {
            lastFailureLog = failed.log();
            throw JoinFailures.of(failed.problem());
        }
        throw JoinFailures.of(
                ErrorCode.INTERNAL,
                "the host's result of " + assignment.command().verb() + " is "
                        + result.getClass().getSimpleName());
    }

    private HostResult executeWithRetries(Assignment assignment, Duration timeout, ErrorCode timeoutCode) {
        CommandRetryBudget retryBudget = new CommandRetryBudget(timeout, requireConnection());
        do {
            int connectionsBefore = connectionCount;
            SendResult sent = sendOnce(assignment, timeout, timeoutCode);
            if (sent instanceof SendResult.Completed(HostResult result)) {
                return result;
            }
            WorkflowTime.await(
                    "Wait for the worker-agent to reconnect",
                    retryBudget.reconnectTimeout(),
                    () -> connectionCount > connectionsBefore);
            switch (sent) {
                case SendResult.Completed _ -> {}
                case SendResult.Lost(boolean agentIsAway) -> retryBudget.recordLoss(agentIsAway);
                case SendResult.NotDispatched _ -> retryBudget.recordNotDispatched();
            }
            if (connectionCount > connectionsBefore) {
                retryBudget.recordReconnect(requireConnection());
            }
        } while (retryBudget.allowsRetry());
        throw JoinFailures.of(
                ErrorCode.AGENT_UNREACHABLE,
                "the worker-agent of " + target.node().name() + " stopped responding during "
                        + assignment.command().verb());
    }

    private SendResult sendOnce(Assignment assignment, Duration timeout, ErrorCode timeoutCode) {
        AgentConnection via = requireConnection();
        CompletablePromise<HostResult> answer = Workflow.newPromise();
        CancellationScope sending =
                Workflow.newCancellationScope(() -> answer.completeFrom(send(assignment, via, timeout)));
        sending.run();
        // The join may be aborted before the result arrives; without a handler the SDK warns of an unobserved failure.
        answer.handle((_, _) -> true);
        Workflow.await(() -> answer.isCompleted() || !via.isSameReplicaAs(requireConnection()));
        if (!answer.isCompleted()) {
            sending.cancel("the worker-agent is at another replica");
            return new SendResult.Lost(false);
        }
        try {
            return new SendResult.Completed(answer.get());
        } catch (ActivityFailure failure) {
            rethrowUnlessConnectionLost(failure, assignment, timeoutCode);
            return isNotDispatched(failure)
                    ? new SendResult.NotDispatched()
                    : new SendResult.Lost(Failures.problemOf(failure).code() == ErrorCode.AGENT_UNREACHABLE);
        }
    }

    private static boolean isNotDispatched(ActivityFailure failure) {
        return failure.getCause() instanceof TimeoutFailure timeout
                && timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
    }

    private AgentConnection requireConnection() {
        if (connection == null) {
            throw JoinFailures.of(ErrorCode.AGENT_UNREACHABLE, "the worker-agent never connected");
        }
        return connection;
    }

    private Promise<HostResult> send(Assignment assignment, AgentConnection via, Duration timeout) {
        HostCommand command = assignment.command();
        String summary = command.verb() + " on " + target.node().name() + ", attempt " + assignment.attempt();
        HostActivities activities = Workflow.newActivityStub(
                HostActivities.class, StepOptions.hostCommand(summary, via.taskQueue(), timeout));
        HostCommandRequest request = new HostCommandRequest(target.node().cluster(), assignment, failure);
        return switch (command) {
            case HostCommand.Preflight _ -> Async.function(activities::preflight, request);
            case HostCommand.PrepareHost _ -> Async.function(activities::prepareHost, request);
            case HostCommand.StartKubelet _ -> Async.function(activities::startKubelet, request);
            case HostCommand.ResetHost _ -> Async.function(activities::resetHost, request);
            case HostCommand.CollectDiagnostics _ -> Async.function(activities::collectDiagnostics, request);
        };
    }

    /** Rethrows the failure unless it means a lost connection: not started, no heartbeat, or retryable. */
    private void rethrowUnlessConnectionLost(ActivityFailure failure, Assignment assignment, ErrorCode timeoutCode) {
        boolean lost = switch (failure.getCause()) {
            case TimeoutFailure timeout -> {
                if (timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE
                        || timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE) {
                    throw timedOut(assignment, timeoutCode);
                }
                yield true;
            }
            case CanceledFailure _ -> false;
            case null, default ->
                Failures.typeOf(failure).map(FailureType::retryable).orElse(true);
        };
        if (!lost) {
            throw failure;
        }
    }

    private RuntimeException timedOut(Assignment assignment, ErrorCode timeoutCode) {
        return JoinFailures.of(
                timeoutCode,
                assignment.command().verb() + " on " + target.node().name() + " timed out");
    }
}
