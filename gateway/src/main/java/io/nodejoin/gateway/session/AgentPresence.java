package io.nodejoin.gateway.session;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.RunningJoin;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
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
public final class AgentPresence {
    private static final Logger LOG = LoggerFactory.getLogger(AgentPresence.class);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(2);

    private final JoinWorkflows workflows;
    private final RateLimiter reportLimiter;
    private final String taskQueue;
    private final UUID replica;
    private final Executor executor;

    /**
     * @param reportLimiter how often an agent may have something told to a join: each time is an event of a history that must not grow
     *     without end, and the agent may invent what it says
     * @param replica this process
     */
    public AgentPresence(
            JoinWorkflows workflows, RateLimiter reportLimiter, String taskQueue, UUID replica, Executor executor) {
        this.workflows = workflows;
        this.reportLimiter = reportLimiter;
        this.taskQueue = taskQueue;
        this.replica = replica;
        this.executor = executor;
    }

    /** An agent has polled. Of one that was told of too often a later poll tells. */
    public void polled(AgentSession session) {
        if (session.isPresenceCheckDue(CHECK_INTERVAL, () -> mayReport(session))) {
            scheduleReport(session);
        }
    }

    /** A join of this node has started. */
    public void joinStarted(AgentSession session) {
        scheduleReport(session);
    }

    /** Whether there may be news of this agent now; if so, they are counted. */
    public boolean mayReport(AgentSession session) {
        return reportLimiter.tryAcquire(session.agent().uri());
    }

    /** A result has come that nobody waits for here, and {@link #mayReport may be told}: the join is to ask for it here. */
    public void resultUnclaimed(AgentSession session) {
        scheduleReport(session);
    }

    /**
     * A command has reached a mark. Returns when the agent's own join knows, or cannot be told. False if there was too much news of
     * the agent, and this is to come again later.
     */
    public boolean reportMilestone(AgentSession session, MilestoneReport report) {
        if (!mayReport(session)) {
            return false;
        }
        AgentIdentity agent = session.agent();
        try {
            boolean known = workflows
                    .findRunningJoin(agent.node())
                    .filter(running -> running.id().equals(agent.join()))
                    .filter(own -> workflows.milestoneReached(agent.node(), own.run(), report))
                    .isPresent();
            if (known) {
                session.markReported(report.assignmentId(), report.milestone());
            }
        } catch (RuntimeException e) {
            // Whatever keeps Temporal from answering, the host goes on; a repeat of the mark tries again.
            LOG.warn("the join of {} cannot be told of {}: {}", agent, report.milestone(), RootCause.message(e));
        }
        return true;
    }

    private void scheduleReport(AgentSession session) {
        if (session.notification().tryStart()) {
            executor.execute(() -> report(session));
        }
    }

    private void report(AgentSession session) {
        boolean reported = false;
        try {
            do {
                session.connection().ifPresent(connection -> report(session, connection));
            } while (!session.notification().tryFinish());
            reported = true;
        } catch (RuntimeException e) {
            LOG.warn(
                    "the join of {} cannot be told that its agent is connected: {}",
                    session.agent(),
                    RootCause.message(e));
        } catch (Error e) {
            SupervisedLoop.logOrHalt("telling a join that its agent is connected", e);
        } finally {
            if (!reported) {
                retryLater(session);
            }
        }
    }

    /** Whatever keeps Temporal from answering, the agent is still here: try again while it is. */
    private void retryLater(AgentSession session) {
        CompletableFuture.delayedExecutor(RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS, executor)
                .execute(() -> report(session));
    }

    private void report(AgentSession session, AgentSession.Connection connection) {
        AgentIdentity agent = session.agent();
        Optional<RunningJoin> running = workflows.findRunningJoin(agent.node());
        if (running.isEmpty()) {
            endIfJoined(session);
        } else if (running.get().id().equals(agent.join())) {
            report(session, connection, running.get().run());
        } else {
            session.requireEnrollment();
        }
    }

    private void endIfJoined(AgentSession session) {
        if (workflows.isJoined(session.agent().node(), session.agent().join())) {
            session.endJoined();
        }
    }

    private void report(AgentSession mailbox, AgentSession.Connection session, String run) {
        AgentConnection connection = new AgentConnection(taskQueue, session.instance(), replica);
        mailbox.notification()
                .reportOnce(
                        session,
                        run,
                        () -> workflows.agentConnected(mailbox.agent().node(), run, connection));
    }
}
