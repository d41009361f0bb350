package io.nodejoin.gateway.session;

import io.nodejoin.activities.Lasting;
import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.ratelimit.AttemptLimit;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.RunningJoin;
import io.nodejoin.workflows.join.AgentConnection;
import io.nodejoin.workflows.join.HostReport;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells each running join how far its commands are, and once where its agent is: again when the agent's process or the
 * join's run is another one. The agent of an earlier join is sent to enroll anew, that of a succeeded one is let go.
 */
public final class AgentAnnouncer {
    private static final Logger LOG = LoggerFactory.getLogger(AgentAnnouncer.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final JoinWorkflows workflows;
    private final AttemptLimit newsPerAgent;
    private final String taskQueue;
    private final UUID replica;
    private final Executor executor;

    /**
     * @param newsPerAgent how often an agent may have something told to a join: each time is an event of a history that must not grow
     *     without end, and the agent may invent what it says
     * @param replica this process
     */
    public AgentAnnouncer(
            JoinWorkflows workflows, AttemptLimit newsPerAgent, String taskQueue, UUID replica, Executor executor) {
        this.workflows = workflows;
        this.newsPerAgent = newsPerAgent;
        this.taskQueue = taskQueue;
        this.replica = replica;
        this.executor = executor;
    }

    /** An agent has polled. Of one that was told of too often a later poll tells. */
    public void polled(NodeMailbox mailbox) {
        if (mailbox.announcementDue(INTERVAL, () -> mayTell(mailbox))) {
            announce(mailbox);
        }
    }

    /** A join of this node has started. */
    public void joinStarted(NodeMailbox mailbox) {
        announce(mailbox);
    }

    /** Whether there may be news of this agent now; if so, they are counted. */
    public boolean mayTell(NodeMailbox mailbox) {
        return newsPerAgent.allows(mailbox.agent().uri());
    }

    /** A result has come that nobody waits for here, and {@link #mayTell may be told}: the join is to ask for it here. */
    public void endedUnawaited(NodeMailbox mailbox) {
        announce(mailbox);
    }

    /**
     * A command has reached a mark. Returns when the agent's own join knows, or cannot be told. False if there was too much news of
     * the agent, and this is to come again later.
     */
    public boolean marked(NodeMailbox mailbox, HostReport report) {
        if (!mayTell(mailbox)) {
            return false;
        }
        AgentIdentity agent = mailbox.agent();
        try {
            boolean known = workflows
                    .runningJoin(agent.node())
                    .filter(running -> running.id().equals(agent.join()))
                    .filter(own -> workflows.hostReported(agent.node(), own.run(), report))
                    .isPresent();
            if (known) {
                mailbox.reported(report.assignmentId(), report.mark());
            }
        } catch (RuntimeException e) {
            // Whatever keeps Temporal from answering, the host goes on; a repeat of the mark tries again.
            LOG.warn("the join of {} cannot be told of {}: {}", agent, report.mark(), RootCause.reason(e));
        }
        return true;
    }

    private void announce(NodeMailbox mailbox) {
        if (mailbox.announcement().begin()) {
            executor.execute(() -> tell(mailbox));
        }
    }

    private void tell(NodeMailbox mailbox) {
        boolean told = false;
        try {
            do {
                mailbox.session().ifPresent(session -> tell(mailbox, session));
            } while (!mailbox.announcement().end());
            told = true;
        } catch (RuntimeException e) {
            LOG.warn(
                    "the join of {} cannot be told that its agent is connected: {}",
                    mailbox.agent(),
                    RootCause.reason(e));
        } catch (Error e) {
            Lasting.survive("telling a join that its agent is connected", e);
        } finally {
            if (!told) {
                tellLater(mailbox);
            }
        }
    }

    /** Whatever keeps Temporal from answering, the agent is still here: try again while it is. */
    private void tellLater(NodeMailbox mailbox) {
        CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS, executor)
                .execute(() -> tell(mailbox));
    }

    private void tell(NodeMailbox mailbox, NodeMailbox.Session session) {
        AgentIdentity agent = mailbox.agent();
        Optional<RunningJoin> running = workflows.runningJoin(agent.node());
        if (running.isEmpty()) {
            releaseJoined(mailbox);
        } else if (running.get().id().equals(agent.join())) {
            tell(mailbox, session, running.get().run());
        } else {
            mailbox.dismiss();
        }
    }

    private void releaseJoined(NodeMailbox mailbox) {
        if (workflows.joined(mailbox.agent().node(), mailbox.agent().join())) {
            mailbox.release();
        }
    }

    private void tell(NodeMailbox mailbox, NodeMailbox.Session session, String run) {
        AgentConnection connection = new AgentConnection(taskQueue, session.instance(), replica);
        mailbox.announcement()
                .tellOnce(
                        session,
                        run,
                        () -> workflows.agentConnected(mailbox.agent().node(), run, connection));
    }
}
