package io.nodejoin.gateway.http;

import io.nodejoin.gateway.agentca.Caller;
import io.nodejoin.gateway.enrollment.Admissions;
import io.nodejoin.gateway.enrollment.Enrollments;
import io.nodejoin.gateway.enrollment.Rejoins;
import io.nodejoin.gateway.enrollment.Renewals;
import io.nodejoin.gateway.ratelimit.Refusals;
import io.nodejoin.gateway.session.AgentAnnouncer;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.gateway.session.Mailboxes;
import io.nodejoin.gateway.session.NodeMailbox;
import io.nodejoin.gateway.session.PollAnswer;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.Progress;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.workflows.join.HostReport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of the agent API do, for callers that are already known and messages that are already read. */
public final class AgentApi {
    private static final Logger LOG = LoggerFactory.getLogger(AgentApi.class);

    private final Admissions admissions;
    private final Mailboxes mailboxes;
    private final AgentAnnouncer announcer;
    private final Refusals refusals;
    private final GatewayMetrics metrics;
    private final Executor executor;

    public AgentApi(
            Admissions admissions,
            Mailboxes mailboxes,
            AgentAnnouncer announcer,
            Refusals refusals,
            GatewayMetrics metrics,
            Executor executor) {
        this.admissions = admissions;
        this.mailboxes = mailboxes;
        this.announcer = announcer;
        this.refusals = refusals;
        this.metrics = metrics;
        this.executor = executor;
    }

    Reply enroll(EnrollmentRequest request, String address) throws InterruptedException {
        return switch (admissions.enrollments().enroll(request, address)) {
            case Enrollments.Outcome.Enrolled(var answer) -> counted("enrolled", Reply.ok(answer));
            case Enrollments.Outcome.Wait(var answer) -> counted("wait", Reply.accepted(answer));
            case Enrollments.Outcome.Refused _ -> counted("refused", Reply.enrollmentRefused());
            case Enrollments.Outcome.BadKey _ ->
                counted("malformed", Reply.malformed("publicKey is no P-256 key as base64 of its DER"));
            case Enrollments.Outcome.Throttled _ -> counted("throttled", Reply.tooManyAttempts());
            case Enrollments.Outcome.Unavailable _ -> counted("unavailable", Reply.notNow());
        };
    }

    Reply rejoin(RejoinRequest request, String address) {
        return switch (admissions.rejoins().rejoin(request, address)) {
            case Rejoins.Outcome.Started(var answer) -> countedRejoin("started", Reply.accepted(answer));
            case Rejoins.Outcome.Refused _ -> countedRejoin("refused", Reply.enrollmentRefused());
            case Rejoins.Outcome.Malformed(var detail) -> countedRejoin("malformed", Reply.malformed(detail));
            case Rejoins.Outcome.Throttled _ -> countedRejoin("throttled", Reply.tooManyAttempts());
            case Rejoins.Outcome.Unavailable _ -> countedRejoin("unavailable", Reply.notNow());
        };
    }

    Reply tooManyEnrollments(String address) {
        refusals.throttled(address);
        return counted("throttled", Reply.tooManyAttempts());
    }

    Reply renew(Caller caller) {
        return switch (admissions.renewals().renew(caller)) {
            case Renewals.Outcome.Renewed(var answer) -> countedRenewal("renewed", Reply.ok(answer));
            case Renewals.Outcome.Refused _ -> countedRenewal("refused", Reply.otherIdentity());
            case Renewals.Outcome.Throttled _ -> countedRenewal("throttled", Reply.tooManyAttempts());
            case Renewals.Outcome.Unavailable _ -> countedRenewal("unavailable", Reply.notNow());
        };
    }

    CompletableFuture<Reply> next(Caller caller, PollRequest poll) {
        NodeMailbox mailbox = mailboxes.of(caller.agent());
        CompletableFuture<PollAnswer> answer = mailbox.poll(poll.instance());
        announcer.polled(mailbox);
        return answer.thenApplyAsync(ended -> reply(caller, poll, ended), executor);
    }

    /** Answers only when the join knows of the mark, or cannot be told: the result will say it again. */
    Reply progressed(Caller caller, String assignmentId, Progress progress) {
        if (!Assignment.isOf(caller.agent().join(), assignmentId)) {
            return foreign(caller, assignmentId);
        }
        NodeMailbox mailbox = mailboxes.of(caller.agent());
        boolean untold = mailbox.progressed(assignmentId, progress, caller.instance());
        return untold && !announcer.marked(mailbox, new HostReport(assignmentId, progress.mark(), progress.at()))
                ? Reply.tooManyAttempts()
                : Reply.nothing();
    }

    /** The end of a command that another replica hands out cannot be told from an invented one: of those only so many are taken. */
    Reply ended(Caller caller, String assignmentId, HostResult result) {
        if (!Assignment.isOf(caller.agent().join(), assignmentId)) {
            return foreign(caller, assignmentId);
        }
        NodeMailbox mailbox = mailboxes.of(caller.agent());
        if (mailbox.isNews(assignmentId) && !announcer.mayTell(mailbox)) {
            return Reply.tooManyAttempts();
        }
        if (mailbox.ended(assignmentId, result, caller.instance())) {
            announcer.endedUnawaited(mailbox);
        }
        return Reply.nothing();
    }

    private Reply reply(Caller caller, PollRequest poll, PollAnswer answer) {
        return switch (answer) {
            case PollAnswer.Command(var assignment) -> Reply.ok(assignment);
            case PollAnswer.Nothing _ -> Reply.nothing();
            case PollAnswer.Outdated _ -> Reply.unauthenticated();
            case PollAnswer.Joined _ -> Reply.joined();
            case PollAnswer.Duplicate _ -> {
                metrics.duplicateSession();
                refusals.duplicate(caller.agent(), caller.address(), poll.instance());
                yield Reply.duplicateSession();
            }
        };
    }

    private Reply foreign(Caller caller, String assignmentId) {
        LOG.warn("agent {} speaks of assignment {}, which is another join's", caller.agent(), assignmentId);
        refusals.identity(caller.agent(), caller.address(), "assignment " + assignmentId + " is another join's");
        return Reply.otherIdentity();
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
