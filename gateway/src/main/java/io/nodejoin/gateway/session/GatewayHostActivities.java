package io.nodejoin.gateway.session;

import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostResult;
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
import java.util.Optional;

/**
 * Submits a command to the agent's session and awaits the result; heartbeats carry the agent's latest progress.
 * Idempotent: the same assignment returns a known result, or is sent to the agent again, which responds from its
 * journal. Each execution writes its audit entry before it submits the command; an execution that was cancelled while
 * it wrote submits nothing. Fails with {@link FailureType#UNAVAILABLE} and {@link ErrorCode#AGENT_UNREACHABLE} if the
 * agent is disconnected or silent for too long. A cancelled execution withdraws its assignment: the join may have
 * learned that the agent is connected elsewhere.
 */
public final class GatewayHostActivities implements HostActivities {
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

    private final AgentSessions sessions;
    private final GatewayMetrics metrics;
    private final AuditLog audit;

    public GatewayHostActivities(AgentSessions sessions, GatewayMetrics metrics, AuditLog audit) {
        this.sessions = sessions;
        this.metrics = metrics;
        this.audit = audit;
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

    private HostResult execute(HostCommandRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        Assignment assignment = request.assignment();
        String verb = assignment.command().verb();
        AgentSession session = sessions.session(
                new AgentIdentity(new NodeRef(request.cluster(), assignment.node()), assignment.joinId()));
        audit.record(auditEntry(request));
        try {
            fence.requireNotCancelled();
            HostResult result = deliver(assignment, session);
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

    private static HostResult deliver(Assignment assignment, AgentSession session) {
        PendingCommand command = session.submit(assignment);
        try {
            return await(Activity.getExecutionContext(), session, command);
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

    private static HostResult await(ActivityExecutionContext context, AgentSession session, PendingCommand command) {
        while (true) {
            context.heartbeat(command.progress().orElse(null));
            Optional<HostResult> result = awaitResult(command);
            if (result.isPresent()) {
                return result.get();
            }
            if (session.isUnresponsive(command)) {
                throw unreachable(
                        command.isAcknowledged()
                                ? "the agent of " + session.agent() + " stopped responding"
                                : "no agent of " + session.agent() + " fetched the command");
            }
        }
    }

    private static Optional<HostResult> awaitResult(PendingCommand command) {
        try {
            return command.await(HEARTBEAT_INTERVAL.toMillis());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw unreachable("this gateway replica is stopping");
        }
    }

    private static ApplicationFailure unreachable(String detail) {
        return Failures.of(FailureType.UNAVAILABLE, new Problem(ErrorCode.AGENT_UNREACHABLE, detail));
    }
}
