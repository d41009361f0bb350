package io.nodejoin.gateway.session;

import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.hostcommand.HostCommandRequest;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Submits a command to the agent's session and awaits the result. A heartbeat carries the agent's latest progress; there
 * is one when that is new, and now and then.
 * Idempotent: the same assignment returns a known result, or is sent to the agent again, which responds from its
 * journal. Each execution writes its audit entry before it submits the command; an execution that was cancelled while
 * it wrote submits nothing. Fails with {@link FailureType#UNAVAILABLE} and {@link ErrorCode#AGENT_UNREACHABLE} if the
 * agent is disconnected or silent for too long. A cancelled execution withdraws its assignment: the join may have
 * learned that the agent is connected elsewhere.
 */
public final class GatewayHostActivities implements HostActivities {
    /** A third of the heartbeat timeout. */
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(10);

    private final AgentSessions sessions;
    private final AgentPresence presence;
    private final JoinAdmission admission;
    private final GatewayMetrics metrics;
    private final AuditLog audit;
    private final ScheduledExecutorService scheduler;

    public GatewayHostActivities(
            AgentSessions sessions,
            AgentPresence presence,
            JoinAdmission admission,
            GatewayMetrics metrics,
            AuditLog audit,
            ScheduledExecutorService scheduler) {
        this.sessions = sessions;
        this.presence = presence;
        this.admission = admission;
        this.metrics = metrics;
        this.audit = audit;
        this.scheduler = scheduler;
    }

    @Override
    public HostResult preflight(HostCommandRequest request) {
        return execute(request);
    }

    @Override
    public HostResult prepareHost(HostCommandRequest request) {
        return execute(request);
    }

    @Override
    public HostResult startKubelet(HostCommandRequest request) {
        return execute(request);
    }

    @Override
    public HostResult resetHost(HostCommandRequest request) {
        return execute(request);
    }

    @Override
    public HostResult collectDiagnostics(HostCommandRequest request) {
        return execute(request);
    }

    /** The join counts as under way while its command runs. */
    private HostResult execute(HostCommandRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        Assignment assignment = request.assignment();
        AgentSession session = sessions.session(
                new AgentIdentity(new NodeRef(request.cluster(), assignment.node()), assignment.joinId()));
        JoinAdmission.Command counted = admission.commandArrived(session.agent().node(), request.failure());
        @Nullable HostResult result = null;
        try {
            audit.record(auditEntry(request));
            result = executeRecorded(assignment, session, counted, fence);
            presence.commandEnded(session);
            return result;
        } finally {
            counted.ended(result);
        }
    }

    private HostResult executeRecorded(
            Assignment assignment, AgentSession session, JoinAdmission.Command counted, ActivityFence fence) {
        String verb = assignment.command().verb();
        try {
            fence.requireNotCancelled();
            HostResult result = deliver(assignment, session, counted);
            metrics.assignment(verb, result.getClass().getSimpleName());
            return result;
        } catch (ActivityCompletionException e) {
            metrics.assignment(verb, "withdrawn");
            session.invalidatePresence();
            throw e;
        } catch (ApplicationFailure e) {
            metrics.assignment(verb, "unreachable");
            throw e;
        }
    }

    private HostResult deliver(Assignment assignment, AgentSession session, JoinAdmission.Command counted) {
        PendingCommand command = session.submit(assignment);
        try {
            return await(Activity.getExecutionContext(), session, command, counted);
        } finally {
            session.cancel(command);
        }
    }

    /** Never contains the command's content, which may include a sealed token. */
    private static AuditEntry auditEntry(HostCommandRequest request) {
        Assignment assignment = request.assignment();
        return new AuditEntry(
                request.cluster(),
                assignment.joinId().value(),
                "host.command",
                "nodes/" + assignment.node() + "/assignments/" + assignment.id(),
                Map.of(
                        "verb", assignment.command().verb(),
                        "attempt", Integer.toString(assignment.attempt()),
                        "sequence", Long.toString(assignment.sequence()),
                        "not-after", assignment.expiresAt().toString()));
    }

    private HostResult await(
            ActivityExecutionContext context,
            AgentSession session,
            PendingCommand command,
            JoinAdmission.Command counted) {
        while (true) {
            CompletableFuture<ProgressReport> nextProgress = command.nextProgress();
            awaitAny(command.result(), nextProgress, session.untilUnresponsive(command));
            if (command.result().isDone()) {
                return command.result().join();
            }
            if (session.isUnresponsive(command)) {
                throw unreachable(
                        command.isAcknowledged()
                                ? "the agent of " + session.agent() + " stopped responding"
                                : "no agent of " + session.agent() + " fetched the command");
            }
            if (command.isAcknowledged()) {
                counted.runs();
            }
            context.heartbeat(command.progress().orElse(null));
        }
    }

    /** Waits for the result, for progress, until a heartbeat is due, or just longer than the agent may be silent. */
    private void awaitAny(
            CompletableFuture<HostResult> result, CompletableFuture<ProgressReport> progress, Duration silence) {
        Duration time = silence.compareTo(HEARTBEAT_INTERVAL) < 0 ? silence.plusMillis(1) : HEARTBEAT_INTERVAL;
        CompletableFuture<Boolean> timeUp = new CompletableFuture<>();
        Future<?> timer = scheduler.schedule(() -> timeUp.complete(true), time.toNanos(), TimeUnit.NANOSECONDS);
        try {
            CompletableFuture.anyOf(result, progress, timeUp).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a result is never completed with a failure", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw unreachable("this gateway replica is stopping");
        } finally {
            timer.cancel(false);
        }
    }

    private static ApplicationFailure unreachable(String detail) {
        return Failures.of(FailureType.UNAVAILABLE, new Problem(ErrorCode.AGENT_UNREACHABLE, detail));
    }
}
