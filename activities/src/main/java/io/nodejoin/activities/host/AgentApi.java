package io.nodejoin.activities.host;

import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.Progress;
import io.nodejoin.workflows.join.HostReport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of the agent API do, for callers that are already known and messages that are already read. */
final class AgentApi {
    private static final Logger LOG = LoggerFactory.getLogger(AgentApi.class);

    private final Enrollments enrollments;
    private final Mailboxes mailboxes;
    private final AgentAnnouncer announcer;
    private final JoinWorkflows workflows;
    private final GatewayMetrics metrics;
    private final Executor executor;

    AgentApi(
            Enrollments enrollments,
            Mailboxes mailboxes,
            AgentAnnouncer announcer,
            JoinWorkflows workflows,
            GatewayMetrics metrics,
            Executor executor) {
        this.enrollments = enrollments;
        this.mailboxes = mailboxes;
        this.announcer = announcer;
        this.workflows = workflows;
        this.metrics = metrics;
        this.executor = executor;
    }

    Reply enroll(EnrollmentRequest request) throws InterruptedException {
        return switch (enrollments.enroll(request)) {
            case Enrollments.Outcome.Enrolled(var answer) -> counted("enrolled", Reply.ok(answer));
            case Enrollments.Outcome.Wait(var answer) -> counted("wait", Reply.accepted(answer));
            case Enrollments.Outcome.Refused _ -> counted("refused", Reply.enrollmentRefused());
            case Enrollments.Outcome.BadKey _ ->
                counted("malformed", Reply.malformed("publicKey is no P-256 key as base64 of its DER"));
        };
    }

    Reply tooManyEnrollments() {
        return counted("throttled", Reply.tooManyAttempts());
    }

    CompletableFuture<Reply> next(AgentIdentity agent, PollRequest poll) {
        NodeMailbox mailbox = mailboxes.of(agent);
        CompletableFuture<PollAnswer> answer = mailbox.poll(poll.instance());
        announcer.polled(mailbox);
        return answer.thenApplyAsync(this::reply, executor);
    }

    /** Answers only when the join knows of the mark, or cannot be told: the result will say it again. */
    Reply progressed(AgentIdentity agent, String assignmentId, Progress progress) {
        if (!Assignment.isOf(agent.join(), assignmentId)) {
            return foreign(agent, assignmentId);
        }
        NodeMailbox mailbox = mailboxes.of(agent);
        if (mailbox.progressed(assignmentId, progress)) {
            report(mailbox, new HostReport(assignmentId, progress.mark(), progress.at()));
        }
        return Reply.nothing();
    }

    Reply ended(AgentIdentity agent, String assignmentId, HostResult result) {
        if (!Assignment.isOf(agent.join(), assignmentId)) {
            return foreign(agent, assignmentId);
        }
        mailboxes.of(agent).ended(assignmentId, result);
        return Reply.nothing();
    }

    private void report(NodeMailbox mailbox, HostReport report) {
        try {
            if (workflows.hostReported(mailbox.agent().node(), report)) {
                mailbox.reported(report.assignmentId(), report.mark());
            }
        } catch (RuntimeException e) {
            // Whatever keeps Temporal from answering, the host goes on; a repeat of the mark tries again.
            LOG.warn("the join of {} cannot be told of {}: {}", mailbox.agent(), report.mark(), e.toString());
        }
    }

    private Reply reply(PollAnswer answer) {
        return switch (answer) {
            case PollAnswer.Command(var assignment) -> Reply.ok(assignment);
            case PollAnswer.Nothing _ -> Reply.nothing();
            case PollAnswer.Outdated _ -> Reply.unauthenticated();
            case PollAnswer.Duplicate _ -> {
                metrics.duplicateSession();
                yield Reply.duplicateSession();
            }
        };
    }

    private static Reply foreign(AgentIdentity agent, String assignmentId) {
        LOG.warn("agent {} speaks of assignment {}, which is another join's", agent, assignmentId);
        return Reply.otherIdentity();
    }

    private Reply counted(String result, Reply reply) {
        metrics.enrollment(result);
        return reply;
    }
}
