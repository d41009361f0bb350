package io.nodejoin.gateway.http;

import io.nodejoin.gateway.agentca.AuthenticatedAgent;
import io.nodejoin.gateway.enrollment.CredentialIssuance;
import io.nodejoin.gateway.enrollment.Enrollments;
import io.nodejoin.gateway.enrollment.Rejoins;
import io.nodejoin.gateway.enrollment.Renewals;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.session.AgentPresence;
import io.nodejoin.gateway.session.AgentSession;
import io.nodejoin.gateway.session.AgentSessions;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.gateway.session.PollResult;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Executes the requests of the agent API, after authentication and parsing. */
public final class AgentApi {
    private static final Logger LOG = LoggerFactory.getLogger(AgentApi.class);

    private final CredentialIssuance issuance;
    private final AgentSessions sessions;
    private final AgentPresence presence;
    private final RefusalAudit refusalAudit;
    private final GatewayMetrics metrics;
    private final Executor executor;

    public AgentApi(
            CredentialIssuance issuance,
            AgentSessions sessions,
            AgentPresence presence,
            RefusalAudit refusalAudit,
            GatewayMetrics metrics,
            Executor executor) {
        this.issuance = issuance;
        this.sessions = sessions;
        this.presence = presence;
        this.refusalAudit = refusalAudit;
        this.metrics = metrics;
        this.executor = executor;
    }

    Reply enroll(EnrollmentRequest request, String address) throws InterruptedException {
        return switch (issuance.enrollments().enroll(request, address)) {
            case Enrollments.Outcome.Enrolled(var answer) -> counted("enrolled", Reply.ok(answer));
            case Enrollments.Outcome.Wait(var answer) -> counted("pending", Reply.accepted(answer));
            case Enrollments.Outcome.Refused _ -> counted("refused", Reply.enrollmentRefused());
            case Enrollments.Outcome.BadKey _ ->
                counted("malformed", Reply.badRequest("publicKey is no P-256 key as base64 of its DER"));
            case Enrollments.Outcome.Throttled _ -> counted("throttled", Reply.tooManyRequests());
            case Enrollments.Outcome.Unavailable _ -> counted("unavailable", Reply.serviceUnavailable());
        };
    }

    Reply rejoin(RejoinRequest request, String address) {
        return switch (issuance.rejoins().rejoin(request, address)) {
            case Rejoins.Outcome.Started(var answer) -> countedRejoin("started", Reply.accepted(answer));
            case Rejoins.Outcome.Refused _ -> countedRejoin("refused", Reply.enrollmentRefused());
            case Rejoins.Outcome.Malformed(var detail) -> countedRejoin("malformed", Reply.badRequest(detail));
            case Rejoins.Outcome.Throttled _ -> countedRejoin("throttled", Reply.tooManyRequests());
            case Rejoins.Outcome.Unavailable _ -> countedRejoin("unavailable", Reply.serviceUnavailable());
        };
    }

    Reply tooManyEnrollments(String address) {
        refusalAudit.throttled(address);
        return counted("throttled", Reply.tooManyRequests());
    }

    Reply renew(AuthenticatedAgent caller) {
        return switch (issuance.renewals().renew(caller)) {
            case Renewals.Outcome.Renewed(var answer) -> countedRenewal("renewed", Reply.ok(answer));
            case Renewals.Outcome.Refused _ -> countedRenewal("refused", Reply.forbidden());
            case Renewals.Outcome.Throttled _ -> countedRenewal("throttled", Reply.tooManyRequests());
            case Renewals.Outcome.Unavailable _ -> countedRenewal("unavailable", Reply.serviceUnavailable());
        };
    }

    CompletableFuture<Reply> poll(AuthenticatedAgent caller, PollRequest poll) {
        AgentSession session = sessions.session(caller.identity());
        CompletableFuture<PollResult> answer = session.poll(poll.instance());
        presence.polled(session);
        return answer.thenApplyAsync(ended -> reply(caller, poll, ended), executor);
    }

    /** Responds only after the join knows the milestone, or cannot be reached: the result repeats it. */
    Reply recordProgress(AuthenticatedAgent caller, String assignmentId, ProgressReport progress) {
        if (!Assignment.belongsTo(caller.identity().join(), assignmentId)) {
            return refuseForeignAssignment(caller, assignmentId);
        }
        AgentSession session = sessions.session(caller.identity());
        boolean unreported = session.recordProgress(assignmentId, progress, caller.instance());
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
        if (session.recordResult(assignmentId, result, caller.instance())) {
            presence.resultUnclaimed(session);
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

    private Reply counted(String result, Reply reply) {
        metrics.enrollment(result);
        return reply;
    }

    private Reply countedRejoin(String result, Reply reply) {
        metrics.rejoin(result);
        return reply;
    }

    private Reply countedRenewal(String result, Reply reply) {
        metrics.renewal(result);
        return reply;
    }
}
