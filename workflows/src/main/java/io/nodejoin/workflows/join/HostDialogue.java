package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.host.HostActivities;
import io.nodejoin.workflows.host.HostOrder;
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

/** Commands to the host, through whichever gateway replica holds its connection now. */
final class HostDialogue {
    private Addressee host;
    private final Set<Reached> reached = new LinkedHashSet<>();
    private @Nullable AgentConnection connection;
    private int connections;
    private int commands;
    private List<String> log = List.of();

    private record Reached(String assignmentId, HostMark mark) {}

    private record Try(@Nullable HostResult result, boolean agentIsAway) {}

    HostDialogue(Addressee host) {
        this.host = host;
    }

    /** The commands from now on are those of another attempt. */
    void turnTo(Addressee attempt) {
        host = attempt;
    }

    void connected(AgentConnection newest) {
        connection = newest;
        connections++;
    }

    boolean isConnected() {
        return connection != null;
    }

    /** Finished steps are progress for people and no fact that the join decides by. */
    void reported(HostReport report) {
        if (report.mark() != HostMark.StepDone) {
            reached.add(new Reached(report.assignmentId(), report.mark()));
        }
    }

    boolean reached(Assignment assignment, HostMark mark) {
        return reached.contains(new Reached(assignment.id(), mark));
    }

    /** The last lines of the host's log that came with a failed command. */
    List<String> log() {
        return log;
    }

    /** The next command. */
    Assignment next(HostCommand command, Instant expiresAt) {
        return host.assignment(command, 1, sequence(), expiresAt);
    }

    /** A command that the agent shall not answer with what it has recorded of an earlier turn. */
    Assignment anew(HostCommand command, int turn, Instant expiresAt) {
        return host.assignment(command, turn, sequence(), expiresAt);
    }

    /** A command before the first attempt. */
    Assignment beforehand(HostCommand command, Instant expiresAt) {
        return host.beforehand().assignment(command, 1, sequence(), expiresAt);
    }

    /** Also above that of every earlier join of this node, because time went by. */
    private long sequence() {
        return Workflow.getInfo().getRunStartedTimestampMillis() + commands++;
    }

    /**
     * Has the host carry out the assignment, again over a newer connection if the one at hand is lost.
     *
     * @param limit for each try, and for all at one replica, see {@link CommandPatience}
     * @param late the problem's code if the limit passes
     */
    <R extends HostResult> R perform(Assignment assignment, Class<R> expected, Duration limit, ErrorCode late) {
        HostResult result = exchange(assignment, limit, late);
        if (expected.isInstance(result)) {
            return expected.cast(result);
        }
        if (result instanceof HostResult.HostFailed failed) {
            log = failed.log();
            throw JoinStop.because(failed.problem());
        }
        throw JoinStop.because(
                ErrorCode.INTERNAL,
                "the host answered " + assignment.command().verb() + " with "
                        + result.getClass().getSimpleName());
    }

    private HostResult exchange(Assignment assignment, Duration limit, ErrorCode late) {
        CommandPatience patience = new CommandPatience(limit, requireConnection());
        do {
            int before = connections;
            Try attempt = attempt(assignment, limit, late);
            if (attempt.result() != null) {
                return attempt.result();
            }
            WorkflowTime.await("Wait for the worker-agent to reconnect", patience.pause(), () -> connections > before);
            patience.lost(attempt.agentIsAway());
            if (connections > before) {
                patience.connected(requireConnection());
            }
        } while (patience.lasts());
        throw JoinStop.because(
                ErrorCode.AGENT_UNREACHABLE,
                "the worker-agent of " + host.node().node() + " fell silent during "
                        + assignment.command().verb());
    }

    /** Without an answer if the replica is lost, or its agent has gone to another one. */
    private Try attempt(Assignment assignment, Duration limit, ErrorCode late) {
        AgentConnection over = requireConnection();
        CompletablePromise<HostResult> answer = Workflow.newPromise();
        CancellationScope sending =
                Workflow.newCancellationScope(() -> answer.completeFrom(send(assignment, over, limit)));
        sending.run();
        // The join may be given up before the answer comes; the SDK would warn of one that nobody has heard.
        answer.handle((_, _) -> true);
        Workflow.await(() -> answer.isCompleted() || !over.isAtReplicaOf(requireConnection()));
        if (!answer.isCompleted()) {
            sending.cancel("the worker-agent is at another replica");
            return new Try(null, false);
        }
        try {
            return new Try(answer.get(), false);
        } catch (ActivityFailure failure) {
            requireConnectionLost(failure, assignment, late);
            return new Try(null, Failures.problemOf(failure).code() == ErrorCode.AGENT_UNREACHABLE);
        }
    }

    private AgentConnection requireConnection() {
        if (connection == null) {
            throw JoinStop.because(ErrorCode.AGENT_UNREACHABLE, "the worker-agent never connected");
        }
        return connection;
    }

    private Promise<HostResult> send(Assignment assignment, AgentConnection over, Duration limit) {
        HostCommand command = assignment.command();
        String summary = command.verb() + " on " + host.node().node() + ", attempt " + assignment.attempt();
        HostActivities activities =
                Workflow.newActivityStub(HostActivities.class, JoinOptions.host(summary, over.taskQueue(), limit));
        HostOrder order = new HostOrder(host.node().cluster(), assignment);
        return switch (command) {
            case HostCommand.Preflight _ -> Async.function(activities::preflight, order);
            case HostCommand.PrepareHost _ -> Async.function(activities::prepareHost, order);
            case HostCommand.StartKubelet _ -> Async.function(activities::startKubelet, order);
            case HostCommand.ResetHost _ -> Async.function(activities::resetHost, order);
            case HostCommand.CollectDiagnostics _ -> Async.function(activities::collectDiagnostics, order);
        };
    }

    /** Nobody took the command, nobody speaks of it any more, or the replica asks to be asked again. */
    private void requireConnectionLost(ActivityFailure failure, Assignment assignment, ErrorCode late) {
        boolean lost = switch (failure.getCause()) {
            case TimeoutFailure timeout -> {
                if (timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE
                        || timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE) {
                    throw tooLate(assignment, late);
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

    private RuntimeException tooLate(Assignment assignment, ErrorCode late) {
        return JoinStop.because(
                late, assignment.command().verb() + " on " + host.node().node() + " did not end in time");
    }
}
