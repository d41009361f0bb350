package io.nodejoin.gateway.session;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.JoinWorkflows.RunningJoin;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals each running join its agent's connection (once per agent process and workflow run) and its commands'
 * milestones. The agent of a superseded join must enroll again; that of a succeeded join is released. Temporal is asked
 * when something is new: a connection, a command that no other one follows, a start of another run; otherwise rarely.
 */
public final class AgentPresence {
    private static final Logger LOG = LoggerFactory.getLogger(AgentPresence.class);
    /** If no event tells of it, a join that has ended or been superseded is noticed within this time. */
    static final Duration MAX_CHECK_INTERVAL = Duration.ofMinutes(2);

    private static final Duration MIN_CHECK_INTERVAL = Duration.ofMinutes(1);
    /** After a command that no other one follows; then again after twice the time. */
    static final Duration FIRST_CHECK = Duration.ofSeconds(5);

    static final Duration RETRY_DELAY = Duration.ofSeconds(2);

    private final JoinWorkflows workflows;
    private final JoinAdmission admission;
    private final RateLimiter reportLimiter;
    private final String taskQueue;
    private final UUID replica;
    private final Executor executor;
    private final ScheduledExecutorService scheduler;

    /**
     * @param reportLimiter limits the reports of an agent, since each is an event in a workflow history of bounded
     *     length, and the agent may send forged ones
     * @param replica this gateway process
     */
    public AgentPresence(
            JoinWorkflows workflows,
            JoinAdmission admission,
            RateLimiter reportLimiter,
            String taskQueue,
            UUID replica,
            Executor executor,
            ScheduledExecutorService scheduler) {
        this.workflows = workflows;
        this.admission = admission;
        this.reportLimiter = reportLimiter;
        this.taskQueue = taskQueue;
        this.replica = replica;
        this.executor = executor;
        this.scheduler = scheduler;
    }

    /** Returns the connection of this agent process to this replica. */
    AgentConnection connection(UUID instance) {
        return new AgentConnection(taskQueue, instance, replica);
    }

    /** Handles a poll. Reports that the rate limit suppressed are sent at a later poll. */
    public void polled(AgentSession session) {
        if (session.isPresenceCheckDue(checkInterval(session), () -> mayReport(session))) {
            scheduleReport(session);
        }
    }

    /** Agents that connected together are not checked together. */
    private static Duration checkInterval(AgentSession session) {
        long spread = MAX_CHECK_INTERVAL.minus(MIN_CHECK_INTERVAL).toMillis();
        return MIN_CHECK_INTERVAL.plusMillis(Math.floorMod(session.agent().hashCode(), spread));
    }

    /** Handles the end of a command: unless another one follows, the join ends soon. */
    void commandEnded(AgentSession session) {
        checkAfter(session, session.countSubmissions(), FIRST_CHECK);
    }

    private void checkAfter(AgentSession session, long submissions, Duration delay) {
        if (delay.compareTo(MIN_CHECK_INTERVAL) > 0) {
            return;
        }
        Future<?> _ = scheduler.schedule(
                () -> {
                    if (session.isQuietSince(submissions)) {
                        scheduleReport(session);
                        checkAfter(session, submissions, delay.multipliedBy(2));
                    }
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Handles a run of the node's workflow that has started. */
    public void joinSeen(AgentSession session, String run) {
        if (session.notification().knownRun().filter(run::equals).isEmpty()) {
            scheduleReport(session);
        }
    }

    /** Takes one token of the agent's rate limit for reports. Returns false if none is left. */
    public boolean mayReport(AgentSession session) {
        return reportLimiter.tryAcquire(session.agent().uri());
    }

    /**
     * Reports a milestone. Returns true once the agent's own join knows it, or cannot be reached; false if the rate
     * limit is exceeded, and the agent sends it again later.
     */
    public boolean reportMilestone(AgentSession session, MilestoneReport report) {
        if (!mayReport(session)) {
            return false;
        }
        AgentIdentity agent = session.agent();
        try {
            if (tellKnownRun(session, report) || tellRunningJoin(agent, report)) {
                session.markReported(report.assignmentId(), report.milestone());
            }
        } catch (RuntimeException e) {
            // The command continues while Temporal is unavailable; a repeated milestone retries the signal.
            LOG.warn(
                    "milestone of the join of {} cannot be signalled ({}): {}",
                    agent,
                    report.milestone(),
                    RootCause.message(e));
        }
        return true;
    }

    /** A run is of one join: the one that knows the agent's connection is of the agent's own. */
    private boolean tellKnownRun(AgentSession session, MilestoneReport report) {
        return session.notification()
                .knownRun()
                .filter(run -> workflows.milestoneReached(session.agent().node(), run, report))
                .isPresent();
    }

    private boolean tellRunningJoin(AgentIdentity agent, MilestoneReport report) {
        return workflows
                .findRunningJoin(agent.node())
                .filter(running -> running.id().equals(agent.join()))
                .filter(own -> workflows.milestoneReached(agent.node(), own.run(), report))
                .isPresent();
    }

    /**
     * Signals the connection to the join again: a join of the node has started, or a result has come that no command
     * here waits for, and the join sends the command again through this replica.
     */
    public void scheduleReport(AgentSession session) {
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
                    "the agent's connection cannot be signalled to the join of {}: {}",
                    session.agent(),
                    RootCause.message(e));
        } catch (Error e) {
            SupervisedLoop.logOrHalt("signalling an agent's connection to its join", e);
        } finally {
            if (!reported) {
                retryLater(session);
            }
        }
    }

    /** Retries while Temporal is unavailable and the agent is connected. */
    private void retryLater(AgentSession session) {
        Future<?> _ = scheduler.schedule(
                () -> executor.execute(() -> report(session)), RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void report(AgentSession session, AgentSession.Connection connection) {
        AgentIdentity agent = session.agent();
        Optional<RunningJoin> running = workflows.findRunningJoin(agent.node());
        if (running.isEmpty()) {
            reportWithoutJoin(session, connection);
        } else if (running.get().id().equals(agent.join())) {
            report(session, connection, running.get().run());
        } else {
            session.requireEnrollment();
        }
    }

    /** A join that has not succeeded may be cleaned up after. */
    private void reportWithoutJoin(AgentSession session, AgentSession.Connection connection) {
        AgentIdentity agent = session.agent();
        if (workflows.isJoined(agent.node(), agent.join())) {
            session.endJoined();
            admission.joined(agent.node());
        } else {
            workflows
                    .findCleanup(agent.node(), agent.join())
                    .ifPresent(run -> reportToCleanup(session, connection, run));
        }
    }

    private void reportToCleanup(AgentSession session, AgentSession.Connection connection, String run) {
        AgentIdentity agent = session.agent();
        AgentConnection agentConnection = connection(connection.instance());
        session.notification()
                .reportOnce(
                        connection,
                        run,
                        () -> workflows.cleanupConnected(agent.node(), agent.join(), run, agentConnection));
    }

    private void report(AgentSession session, AgentSession.Connection connection, String run) {
        AgentConnection agentConnection = connection(connection.instance());
        session.notification()
                .reportOnce(
                        connection,
                        run,
                        () -> workflows.agentConnected(session.agent().node(), run, agentConnection));
    }
}
