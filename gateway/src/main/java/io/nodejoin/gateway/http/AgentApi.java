package io.nodejoin.gateway.http;

import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.agentca.AuthenticatedAgent;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.gateway.session.AgentPresence;
import io.nodejoin.gateway.session.AgentSession;
import io.nodejoin.gateway.session.AgentSessions;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.gateway.session.PollResult;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Executes the polls and reports of agents, after authentication and parsing. */
public final class AgentApi {
    private static final Logger LOG = LoggerFactory.getLogger(AgentApi.class);

    private final AgentSessions sessions;
    private final AgentPresence presence;
    private final JoinAdmission admission;
    private final RefusalAudit refusalAudit;
    private final GatewayMetrics metrics;
    private final Executor executor;

    public AgentApi(
            AgentSessions sessions,
            AgentPresence presence,
            JoinAdmission admission,
            RefusalAudit refusalAudit,
            GatewayMetrics metrics,
            Executor executor) {
        this.sessions = sessions;
        this.presence = presence;
        this.admission = admission;
        this.refusalAudit = refusalAudit;
        this.metrics = metrics;
        this.executor = executor;
    }

    CompletableFuture<Reply> poll(AuthenticatedAgent caller, PollRequest poll) {
        AgentSession session = sessions.session(caller.identity());
        CompletableFuture<PollResult> answer = session.poll(poll.instance());
        presence.polled(session);
        return answer.thenApplyAsync(ended -> withLogRequest(session, reply(caller, poll, ended)), executor);
    }

    private static Reply withLogRequest(AgentSession session, Reply reply) {
        long seconds = session.logSecondsRequested();
        return seconds == 0 ? reply : reply.withHeader(HostLogReport.REQUEST_HEADER, Long.toString(seconds));
    }

    /** Keeps lines of the host's log for their readers. */
    Reply recordLog(AuthenticatedAgent caller, HostLogReport report) {
        sessions.session(caller.identity()).recordLog(report, caller.instance());
        return Reply.noContent();
    }

    /** Responds only after the join knows the milestone, or cannot be reached: the result repeats it. */
    Reply recordProgress(AuthenticatedAgent caller, String assignmentId, ProgressReport progress) {
        if (!Assignment.belongsTo(caller.identity().join(), assignmentId)) {
            return refuseForeignAssignment(caller, assignmentId);
        }
        AgentSession session = sessions.session(caller.identity());
        boolean unreported = session.recordProgress(assignmentId, progress, caller.instance());
        if (progress.milestone() == CommandMilestone.KubeletActive) {
            admission.kubeletActive(caller.identity().node());
        }
        return unreported
                        && !presence.reportMilestone(
                                session, new MilestoneReport(assignmentId, progress.milestone(), progress.at()))
                ? Reply.tooManyRequests()
                : Reply.noContent();
    }

    /**
     * The result of a command of another replica cannot be distinguished from a forged one, so such results are
     * rate-limited.
     */
    Reply recordResult(AuthenticatedAgent caller, String assignmentId, HostResult result) {
        if (!Assignment.belongsTo(caller.identity().join(), assignmentId)) {
            return refuseForeignAssignment(caller, assignmentId);
        }
        AgentSession session = sessions.session(caller.identity());
        if (session.isUnknownResult(assignmentId) && !presence.mayReport(session)) {
            return Reply.tooManyRequests();
        }
        if (session.recordResult(assignmentId, UntrustedResult.sanitize(result), caller.instance())) {
            presence.scheduleReport(session);
        }
        return Reply.noContent();
    }

    private Reply reply(AuthenticatedAgent caller, PollRequest poll, PollResult answer) {
        return switch (answer) {
            case PollResult.Command(var assignment) -> Reply.ok(assignment);
            case PollResult.NoCommand _ -> Reply.noContent();
            case PollResult.Superseded _ -> Reply.unauthorized();
            case PollResult.Joined _ -> Reply.gone();
            case PollResult.Duplicate _ -> {
                metrics.duplicateSession();
                refusalAudit.duplicateSession(caller.identity(), caller.address(), poll.instance());
                yield Reply.duplicateSession();
            }
        };
    }

    private Reply refuseForeignAssignment(AuthenticatedAgent caller, String assignmentId) {
        LOG.warn("agent {} speaks of assignment {}, which is another join's", caller.identity(), assignmentId);
        refusalAudit.identityRefused(
                caller.identity(), caller.address(), "assignment " + assignmentId + " is another join's");
        return Reply.forbidden();
    }
}
