package io.nodejoin.gateway.session;

import io.nodejoin.activities.LruMap;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies here for one node, and which agent process fetches it.
 *
 * <p>One agent process holds the mailbox. When another one polls, nobody can tell from the connection whether the first
 * still lives: a parked poll may belong to a dead host. So the holder's poll is answered with nothing, and if it then says
 * anything within the window, the newcomer is a duplicate; if not, the newcomer takes its place. What the newcomer itself
 * reports meanwhile says nothing of the holder: an agent that was restarted tells first what the one before it had ended.
 *
 * <p>Answers are completed under the lock; whoever waits for them goes on in its own thread.
 */
public final class AgentSession {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);
    private static final int MAX_RESULTS = 16;
    private static final int MAX_MILESTONES = 64;

    private final AgentIdentity agent;
    private final GatewayTimeouts timeouts;
    private final LongSupplier nanoTime;
    private final Map<String, PendingCommand> commands = new LinkedHashMap<>();
    private final Map<String, HostResult> results = new LruMap<>(MAX_RESULTS);
    private final Map<ReportedMilestone, Boolean> reported = new LruMap<>(MAX_MILESTONES);
    private final AgentNotification notification = new AgentNotification();

    private @Nullable Connection connection;
    private @Nullable Contender contender;
    private CompletableFuture<PollResult> pendingPoll = CompletableFuture.completedFuture(new PollResult.NoCommand());
    private @Nullable Connection lastChecked;
    private long lastCheckedAt;
    private long lastContact;
    private boolean presenceInvalid;
    private boolean closed;

    AgentSession(AgentIdentity agent, GatewayTimeouts timeouts, LongSupplier nanoTime) {
        this.agent = agent;
        this.timeouts = timeouts;
        this.nanoTime = nanoTime;
        this.lastContact = nanoTime.getAsLong();
    }

    /**
     * The connection of one agent process. It is a new one also when the agent comes back from elsewhere.
     *
     * @param serial tells sessions apart
     */
    record Connection(UUID instance, long serial) {}

    private record Contender(UUID instance, CompletableFuture<PollResult> answer) {}

    private record ReportedMilestone(String assignmentId, CommandMilestone milestone) {}

    AgentIdentity agent() {
        return agent;
    }

    /** Parks the poll until there is something to do, the poll time is over, or a newer poll takes its place. */
    public synchronized CompletableFuture<PollResult> poll(UUID instance) {
        CompletableFuture<PollResult> answer = new CompletableFuture<>();
        if (closed) {
            answer.complete(new PollResult.NoCommand());
        } else if (connection == null || connection.instance().equals(instance) || !isConnected()) {
            refuseContender();
            accept(instance, answer);
        } else {
            deferContender(instance, answer);
        }
        return answer;
    }

    /** Puts the assignment in, once however often it is offered; a result that is known already completes it. */
    synchronized PendingCommand submit(Assignment assignment) {
        PendingCommand command =
                commands.computeIfAbsent(assignment.id(), _ -> new PendingCommand(assignment, nanoTime.getAsLong()));
        command.addWaiter();
        HostResult known = results.get(assignment.id());
        if (known != null) {
            command.complete(known);
        } else {
            deliverNext();
        }
        return command;
    }

    /** Takes the assignment out once nobody waits for it any more. */
    synchronized void cancel(PendingCommand command) {
        if (command.removeWaiter()) {
            commands.remove(command.assignment().id(), command);
        }
    }

    /**
     * Acknowledges the assignment; true if the join has yet to be told of this mark.
     *
     * @param reporter null stands for the holder
     */
    public synchronized boolean recordProgress(String assignmentId, ProgressReport progress, @Nullable UUID reporter) {
        recordContact(reporter);
        PendingCommand command = commands.get(assignmentId);
        if (command != null) {
            command.acknowledge(reporter == null ? currentInstance() : reporter);
            command.setProgress(progress);
        }
        return progress.milestone() != CommandMilestone.StepCompleted
                && !reported.containsKey(new ReportedMilestone(assignmentId, progress.milestone()));
    }

    /** The join knows of this mark. */
    synchronized void markReported(String assignmentId, CommandMilestone mark) {
        reported.put(new ReportedMilestone(assignmentId, mark), true);
    }

    /** Whether the end of this assignment is neither waited for here nor known: it is another replica's, or invented. */
    public synchronized boolean isUnknownResult(String assignmentId) {
        return !commands.containsKey(assignmentId) && !results.containsKey(assignmentId);
    }

    /**
     * Completes the assignment, or keeps the result for whoever offers it later. The first result of an id stays. True if it
     * is news and nobody waits for it here: its join may wait at another replica, which holds the agent's poll.
     *
     * @param reporter null stands for the holder
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

    /** The join may have been told that its agent is elsewhere: the next poll here is told to it again. */
    synchronized void invalidatePresence() {
        presenceInvalid = true;
    }

    /** Whether the agent has been silent for longer than this assignment allows. */
    synchronized boolean isUnresponsive(PendingCommand command) {
        long since = Math.max(lastContact, command.offeredAt());
        Duration allowed = command.isAcknowledged() ? timeouts.livenessTimeout() : timeouts.fetchTimeout();
        boolean waiting = command.isAcknowledged() && !pendingPoll.isDone();
        return !waiting && nanoTime.getAsLong() - since > allowed.toNanos();
    }

    /** Whether an agent holds this mailbox and has been heard of lately. */
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
     * Whether the join of this agent is to be looked for now.
     *
     * @param interval a known session is looked for not more often than this
     * @param mayTell whether a new one may be looked for
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

    AgentNotification notification() {
        return notification;
    }

    /** Whether nothing lies here and nobody has come for this long. */
    synchronized boolean isIdle(Duration time) {
        return commands.isEmpty() && pendingPoll.isDone() && nanoTime.getAsLong() - lastContact > time.toNanos();
    }

    /** Sends the agent, if its poll is parked, to enroll with the join that has taken the place of its own. */
    synchronized void requireEnrollment() {
        pendingPoll.complete(new PollResult.Superseded());
    }

    /** Lets the agent, if its poll is parked, go: its join has succeeded. */
    synchronized void endJoined() {
        pendingPoll.complete(new PollResult.Joined());
    }

    /** Answers whoever is parked with nothing, now and from now on. */
    synchronized void close() {
        closed = true;
        pendingPoll.complete(new PollResult.NoCommand());
        if (contender != null) {
            contender.answer().complete(new PollResult.NoCommand());
            contender = null;
        }
    }

    private void accept(UUID instance, CompletableFuture<PollResult> answer) {
        Connection before = connection;
        boolean away = pendingPoll.isDone()
                && nanoTime.getAsLong() - lastContact > timeouts.fetchTimeout().toNanos();
        if (before == null || away || presenceInvalid || !before.instance().equals(instance)) {
            newConnection(instance);
            presenceInvalid = false;
        }
        lastContact = nanoTime.getAsLong();
        pendingPoll.complete(new PollResult.NoCommand());
        pendingPoll = answer.completeOnTimeout(
                new PollResult.NoCommand(), timeouts.poll().toMillis(), TimeUnit.MILLISECONDS);
        deliverNext();
    }

    private void newConnection(UUID instance) {
        connection = new Connection(instance, connection == null ? 1 : connection.serial() + 1);
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
        Executor afterWindow =
                CompletableFuture.delayedExecutor(timeouts.duplicateWindow().toMillis(), TimeUnit.MILLISECONDS);
        afterWindow.execute(() -> takeOver(answer));
    }

    private synchronized void takeOver(CompletableFuture<PollResult> answer) {
        if (contender != null && !answer.isDone()) {
            LOG.info("a newer agent of {} takes the place of one that is silent", agent);
            UUID instance = contender.instance();
            contender = null;
            accept(instance, answer);
        }
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
            LOG.warn("two live agents under the identity {}: the newer one gets nothing", agent);
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
                .ifPresent(command -> pendingPoll.complete(new PollResult.Command(command.assignment())));
    }
}
