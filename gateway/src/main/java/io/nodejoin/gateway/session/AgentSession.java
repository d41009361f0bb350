package io.nodejoin.gateway.session;

import io.nodejoin.activities.LruMap;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.workflows.gateway.HostLogPage;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands for one agent, and the agent process that polls for them.
 *
 * <p>One agent process owns the session. When another process polls, the connection does not tell whether the owner
 * still lives: a pending poll may belong to a dead host. So the owner's poll ends without a command; if the owner sends
 * anything within the window, the new process is a duplicate; if not, the new process becomes the owner. Reports of the
 * new process prove nothing about the owner: a restarted agent first reports what its predecessor completed.
 *
 * <p>Futures are completed under the lock; their dependents run in threads of their own.
 */
public final class AgentSession {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);
    private static final int MAX_RESULTS = 16;
    private static final int MAX_MILESTONES = 64;
    /** Shorter than an agent sends the log without being asked again. */
    private static final Duration LOG_POLL = Duration.ofSeconds(8);

    private final AgentIdentity agent;
    private final GatewayTimeouts timeouts;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;
    private final Map<String, PendingCommand> commands = new LinkedHashMap<>();
    private final Map<String, HostResult> results = new LruMap<>(MAX_RESULTS);
    private final Map<ReportedMilestone, Boolean> reported = new LruMap<>(MAX_MILESTONES);
    private final AgentNotification notification = new AgentNotification();
    private final HostLog hostLog;

    private @Nullable Connection connection;
    private long connectionCount;
    private @Nullable Contender contender;
    private CompletableFuture<PollResult> pendingPoll = CompletableFuture.completedFuture(new PollResult.NoCommand());
    private @Nullable Connection lastChecked;
    private long lastCheckedAt;
    private long lastContact;
    private long submissions;
    private boolean presenceInvalid;
    private boolean closed;

    AgentSession(
            AgentIdentity agent, GatewayTimeouts timeouts, LongSupplier nanoTime, ScheduledExecutorService scheduler) {
        this.agent = agent;
        this.timeouts = timeouts;
        this.nanoTime = nanoTime;
        this.scheduler = scheduler;
        this.hostLog = new HostLog(nanoTime);
        this.lastContact = nanoTime.getAsLong();
    }

    /**
     * The connection of one agent process. An agent that returns from another replica has a new one.
     *
     * @param serial distinguishes connections
     * @param since when it was made, by the monotonic clock
     */
    record Connection(UUID instance, long serial, long since) {}

    private record Contender(UUID instance, CompletableFuture<PollResult> answer) {}

    private record ReportedMilestone(String assignmentId, CommandMilestone milestone) {}

    public AgentIdentity agent() {
        return agent;
    }

    /** Holds the poll until there is a command, the poll timeout passes, or a newer poll replaces it. */
    public synchronized CompletableFuture<PollResult> poll(UUID instance) {
        CompletableFuture<PollResult> answer = new CompletableFuture<>();
        if (closed) {
            answer.complete(new PollResult.NoCommand());
        } else if (isOwnedByOther(instance)) {
            deferContender(instance, answer);
        } else {
            refuseContender();
            accept(instance, answer, pollHold());
        }
        return answer;
    }

    /**
     * Holds the poll of an agent process that has just enrolled, as {@link #poll} does. It has not proved yet that it has
     * the key, so it never replaces a live owner.
     *
     * @param run the run of the join, which knows the connection from the enrollment
     */
    synchronized CompletableFuture<PollResult> pollEnrolled(UUID instance, String run) {
        CompletableFuture<PollResult> answer = new CompletableFuture<>();
        if (closed || isOwnedByOther(instance)) {
            answer.complete(new PollResult.NoCommand());
        } else {
            refuseContender();
            accept(instance, answer, timeouts.firstCommand());
            markPresent(run);
        }
        return answer;
    }

    /** Submits the assignment. Idempotent: the same assignment is queued once, and a known result completes it. */
    synchronized PendingCommand submit(Assignment assignment) {
        PendingCommand command =
                commands.computeIfAbsent(assignment.id(), _ -> new PendingCommand(assignment, nanoTime.getAsLong()));
        command.addWaiter();
        submissions++;
        HostResult known = results.get(assignment.id());
        if (known != null) {
            command.complete(known);
        } else {
            deliverNext();
        }
        return command;
    }

    /** Withdraws the assignment once no caller waits for it. */
    synchronized void cancel(PendingCommand command) {
        if (command.removeWaiter()) {
            commands.remove(command.assignment().id(), command);
        }
    }

    /**
     * Acknowledges the assignment. Returns true if the milestone has not been reported to the join.
     *
     * @param reporter null means the owner
     */
    public synchronized boolean recordProgress(String assignmentId, ProgressReport progress, @Nullable UUID reporter) {
        recordContact(reporter);
        PendingCommand command = commands.get(assignmentId);
        if (command != null) {
            command.acknowledge(reporter == null ? currentInstance() : reporter);
            command.setProgress(progress);
        }
        return MilestoneReport.isAwaited(progress.milestone())
                && !reported.containsKey(new ReportedMilestone(assignmentId, progress.milestone()));
    }

    /** Marks the milestone as reported to the join. */
    synchronized void markReported(String assignmentId, CommandMilestone mark) {
        reported.put(new ReportedMilestone(assignmentId, mark), true);
    }

    /**
     * Returns whether no command here waits for this result and none is known: it belongs to another replica, or is
     * forged.
     */
    public synchronized boolean isUnknownResult(String assignmentId) {
        return !commands.containsKey(assignmentId) && !results.containsKey(assignmentId);
    }

    /**
     * Completes the assignment, or keeps the result for a later submission. The first result of an id wins. Returns
     * true if the result is new and no command here waits for it: its join may wait at another replica, although the
     * agent polls here.
     *
     * @param reporter null means the owner
     */
    public synchronized boolean recordResult(String assignmentId, HostResult result, @Nullable UUID reporter) {
        recordContact(reporter);
        boolean news = !results.containsKey(assignmentId);
        HostResult first = results.computeIfAbsent(assignmentId, _ -> result);
        PendingCommand command = commands.get(assignmentId);
        if (command != null) {
            command.complete(first);
            return false;
        }
        UUID instance = connection == null ? reporter : connection.instance();
        if (news && instance != null) {
            newConnection(instance);
            presenceInvalid = true;
        }
        return news;
    }

    /** Causes the next poll here to report the connection again, since the join may have been told of another one. */
    synchronized void invalidatePresence() {
        presenceInvalid = true;
    }

    /** Returns whether the agent has been silent for longer than this assignment allows. */
    boolean isUnresponsive(PendingCommand command) {
        return untilUnresponsive(command).isNegative();
    }

    /** Returns for how long the agent may still be silent; an agent that polls while it executes is not silent. */
    synchronized Duration untilUnresponsive(PendingCommand command) {
        if (command.isAcknowledged() && !pendingPoll.isDone()) {
            return timeouts.livenessTimeout();
        }
        boolean unfetched = command.isOffered() && !command.isAcknowledged();
        long silent = nanoTime.getAsLong() - Math.max(lastContact, command.offeredAt());
        return (unfetched ? timeouts.fetchTimeout() : timeouts.livenessTimeout()).minusNanos(silent);
    }

    /** Returns whether an agent owns this session and was recently active. */
    public synchronized boolean isConnected() {
        return connection != null
                && (!pendingPoll.isDone()
                        || nanoTime.getAsLong() - lastContact
                                <= timeouts.livenessTimeout().toNanos());
    }

    synchronized Optional<Connection> connection() {
        return isConnected() ? Optional.ofNullable(connection) : Optional.empty();
    }

    /**
     * Returns whether to look up the join of this agent now.
     *
     * @param interval minimum interval between lookups for a known connection
     * @param mayTell whether the rate limit allows a lookup for a new one
     */
    synchronized boolean isPresenceCheckDue(Duration interval, BooleanSupplier mayTell) {
        long now = nanoTime.getAsLong();
        if (connection == null) {
            return false;
        }
        boolean due =
                connection.equals(lastChecked) ? now - lastCheckedAt >= interval.toNanos() : mayTell.getAsBoolean();
        if (!due) {
            return false;
        }
        lastChecked = connection;
        lastCheckedAt = now;
        return true;
    }

    /**
     * Returns what has come of the host's log, and asks the agent for more: its pending poll ends without a command, since
     * only responses reach an agent.
     *
     * @param known the agent process whose lines the reader has up to {@code after}; null if none
     */
    public HostLogPage readLog(@Nullable UUID known, long after) {
        synchronized (this) {
            hostLog.demand();
            announceLogRequest();
        }
        return hostLog.read(isConnected(), known, after);
    }

    /** Returns for how many seconds the agent shall send its host's log; 0 if nobody reads it. */
    public long logSecondsRequested() {
        return hostLog.secondsRequested();
    }

    /** Keeps the lines of the host's log, if somebody reads them. */
    public synchronized void recordLog(HostLogReport report, @Nullable UUID reporter) {
        recordContact(reporter);
        UUID instance = reporter == null ? currentInstance() : reporter;
        if (instance != null) {
            hostLog.add(instance, report);
        }
    }

    void dropUnreadLog() {
        hostLog.dropUnread();
    }

    private void announceLogRequest() {
        if (!pendingPoll.isDone() && hostLog.takeAnnouncement()) {
            pendingPoll.complete(new PollResult.NoCommand());
        }
    }

    /** Returns how long the agent has been connected; empty if it is not. */
    public synchronized Optional<Duration> connectedFor() {
        return connection().map(now -> Duration.ofNanos(nanoTime.getAsLong() - now.since()));
    }

    /** Returns how often a command has been submitted. */
    synchronized long countSubmissions() {
        return submissions;
    }

    /** Returns whether an agent is connected for which no command has come since this count of submissions. */
    synchronized boolean isQuietSince(long count) {
        return submissions == count && commands.isEmpty() && isConnected();
    }

    AgentNotification notification() {
        return notification;
    }

    /** Returns whether the session has no command and had no request for this long. */
    synchronized boolean isIdle(Duration time) {
        return commands.isEmpty() && pendingPoll.isDone() && nanoTime.getAsLong() - lastContact > time.toNanos();
    }

    /** Ends a pending poll with the instruction to enroll with the join that superseded the agent's own. */
    synchronized void requireEnrollment() {
        pendingPoll.complete(new PollResult.Superseded());
    }

    /**
     * Ends a pending poll and releases the agent: its join has succeeded, and it is no longer connected. Without a pending
     * poll, its next one is to be answered so.
     */
    synchronized void endJoined() {
        if (pendingPoll.complete(new PollResult.Joined())) {
            connection = null;
        }
    }

    /** Ends all pending polls without a command, and later polls immediately. */
    synchronized void close() {
        closed = true;
        pendingPoll.complete(new PollResult.NoCommand());
        if (contender != null) {
            contender.answer().complete(new PollResult.NoCommand());
            contender = null;
        }
    }

    private boolean isOwnedByOther(UUID instance) {
        return connection != null && !connection.instance().equals(instance) && isConnected();
    }

    private void markPresent(String run) {
        Connection known = connection;
        if (known != null) {
            notification.markReported(known, run);
            lastChecked = known;
            lastCheckedAt = nanoTime.getAsLong();
        }
    }

    private void accept(UUID instance, CompletableFuture<PollResult> answer, Duration hold) {
        Connection before = connection;
        boolean away = pendingPoll.isDone()
                && nanoTime.getAsLong() - lastContact > timeouts.fetchTimeout().toNanos();
        if (before == null || away || presenceInvalid || !before.instance().equals(instance)) {
            newConnection(instance);
            presenceInvalid = false;
        }
        lastContact = nanoTime.getAsLong();
        pendingPoll.complete(new PollResult.NoCommand());
        pendingPoll = answer;
        Future<?> timeout = schedule(hold, () -> answer.complete(new PollResult.NoCommand()));
        CompletableFuture<?> _ = answer.whenComplete((_, _) -> timeout.cancel(false));
        deliverNext();
        announceLogRequest();
    }

    private void newConnection(UUID instance) {
        connection = new Connection(instance, ++connectionCount, nanoTime.getAsLong());
    }

    private void deferContender(UUID instance, CompletableFuture<PollResult> answer) {
        if (contender != null && !contender.instance().equals(instance)) {
            answer.complete(new PollResult.Duplicate());
            return;
        }
        if (contender != null) {
            contender.answer().complete(new PollResult.NoCommand());
        }
        contender = new Contender(instance, answer);
        pendingPoll.complete(new PollResult.NoCommand());
        Future<?> _ = schedule(timeouts.duplicateWindow(), () -> takeOver(answer));
    }

    private Future<?> schedule(Duration delay, Runnable task) {
        return scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void takeOver(CompletableFuture<PollResult> answer) {
        if (contender != null && !answer.isDone()) {
            LOG.info("a newer agent process of {} replaces one that stopped responding", agent);
            UUID instance = contender.instance();
            contender = null;
            accept(instance, answer, pollHold());
        }
    }

    /** The agent is told with each poll that its host's log is still read. */
    private Duration pollHold() {
        return hostLog.isDemanded() && LOG_POLL.compareTo(timeouts.poll()) < 0 ? LOG_POLL : timeouts.poll();
    }

    private void recordContact(@Nullable UUID reporter) {
        lastContact = nanoTime.getAsLong();
        if (reporter == null || reporter.equals(currentInstance())) {
            refuseContender();
        }
    }

    private @Nullable UUID currentInstance() {
        return connection == null ? null : connection.instance();
    }

    private void refuseContender() {
        if (contender != null) {
            LOG.warn("two live agents with the identity {}: the newer one is rejected", agent);
            contender.answer().complete(new PollResult.Duplicate());
            contender = null;
        }
    }

    private void deliverNext() {
        if (pendingPoll.isDone() || connection == null) {
            return;
        }
        UUID current = connection.instance();
        commands.values().stream()
                .filter(command -> !command.isAcknowledgedBy(current))
                .findFirst()
                .ifPresent(command -> {
                    command.offer(nanoTime.getAsLong());
                    pendingPoll.complete(new PollResult.Command(command.assignment()));
                });
    }
}
