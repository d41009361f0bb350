package io.nodejoin.gateway.session;

import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.host.HostActivities;
import io.nodejoin.workflows.host.HostOrder;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a command into its node's mailbox and waits for the result; the agent's latest progress is the heartbeat's detail.
 * The same assignment again gets the result that is known here, or is handed to the agent again, which answers from its
 * journal. Each execution is recorded before anything is handed out; one that was given up while a disk held up the record
 * hands out nothing. An agent that is away or silent for too long is {@link FailureType#UNAVAILABLE} with
 * {@link ErrorCode#AGENT_UNREACHABLE}. A cancelled execution withdraws its assignment; its join may have been told that the agent is elsewhere.
 */
public final class GatewayHostActivities implements HostActivities {
    private static final Duration BEAT = Duration.ofSeconds(1);

    private final Mailboxes mailboxes;
    private final GatewayMetrics metrics;
    private final AuditLog audit;

    public GatewayHostActivities(Mailboxes mailboxes, GatewayMetrics metrics, AuditLog audit) {
        this.mailboxes = mailboxes;
        this.metrics = metrics;
        this.audit = audit;
    }

    @Override
    public HostResult preflight(HostOrder order) {
        return run(order);
    }

    @Override
    public HostResult prepareHost(HostOrder order) {
        return run(order);
    }

    @Override
    public HostResult startKubelet(HostOrder order) {
        return run(order);
    }

    @Override
    public HostResult resetHost(HostOrder order) {
        return run(order);
    }

    @Override
    public HostResult collectDiagnostics(HostOrder order) {
        return run(order);
    }

    private HostResult run(HostOrder order) {
        ActivityLease lease = ActivityLease.begin();
        Assignment assignment = order.assignment();
        String verb = assignment.command().verb();
        NodeMailbox mailbox =
                mailboxes.of(new AgentIdentity(new NodeRef(order.cluster(), assignment.node()), assignment.joinId()));
        audit.record(entry(order));
        try {
            lease.expectWanted();
            HostResult result = deliver(assignment, mailbox);
            metrics.assignment(verb, result.getClass().getSimpleName());
            return result;
        } catch (ActivityCompletionException e) {
            metrics.assignment(verb, "withdrawn");
            mailbox.believedElsewhere();
            throw e;
        } catch (ApplicationFailure e) {
            metrics.assignment(verb, "unreachable");
            throw e;
        }
    }

    private static HostResult deliver(Assignment assignment, NodeMailbox mailbox) {
        Delivery delivery = mailbox.offer(assignment);
        try {
            return await(Activity.getExecutionContext(), mailbox, delivery);
        } finally {
            mailbox.withdraw(delivery);
        }
    }

    /** Never the command's content: it may hold a sealed token. */
    private static AuditEntry entry(HostOrder order) {
        Assignment assignment = order.assignment();
        return new AuditEntry(
                order.cluster(),
                assignment.joinId().value(),
                "host.command",
                "nodes/" + assignment.node() + "/assignments/" + assignment.id(),
                Map.of(
                        "verb", assignment.command().verb(),
                        "attempt", Integer.toString(assignment.attempt()),
                        "sequence", Long.toString(assignment.sequence()),
                        "expires", assignment.expiresAt().toString()));
    }

    private static HostResult await(ActivityExecutionContext context, NodeMailbox mailbox, Delivery delivery) {
        while (true) {
            context.heartbeat(delivery.progress().orElse(null));
            Optional<HostResult> result = awaitBeat(delivery);
            if (result.isPresent()) {
                return result.get();
            }
            if (mailbox.silent(delivery)) {
                throw unreachable(
                        delivery.acknowledged()
                                ? "the agent of " + mailbox.agent() + " fell silent"
                                : "no agent of " + mailbox.agent() + " fetched the command");
            }
        }
    }

    private static Optional<HostResult> awaitBeat(Delivery delivery) {
        try {
            return delivery.await(BEAT.toMillis());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw unreachable("this gateway replica is stopping");
        }
    }

    private static ApplicationFailure unreachable(String detail) {
        return Failures.of(FailureType.UNAVAILABLE, new Problem(ErrorCode.AGENT_UNREACHABLE, detail));
    }
}
