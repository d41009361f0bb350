package io.nodejoin.gateway.session;

import io.nodejoin.activities.BoundedMap;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.config.GatewayTimes;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.Progress;
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
public final class NodeMailbox {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMailbox.class);
    private static final int RESULTS_KEPT = 16;
    private static final int MARKS_KEPT = 64;

    private final AgentIdentity agent;
    private final GatewayTimes times;
    private final LongSupplier nanoTime;
    private final Map<String, Delivery> deliveries = new LinkedHashMap<>();
    private final Map<String, HostResult> results = new BoundedMap<>(RESULTS_KEPT);
    private final Map<Mark, Boolean> reported = new BoundedMap<>(MARKS_KEPT);
    private final Announcement announcement = new Announcement();

    private @Nullable Session session;
    private @Nullable Challenger challenger;
    private CompletableFuture<PollAnswer> parked = CompletableFuture.completedFuture(new PollAnswer.Nothing());
    private @Nullable Session lookedFor;
    private long lookedAt;
    private long lastContact;
    private boolean believedElsewhere;
    private boolean closed;

    NodeMailbox(AgentIdentity agent, GatewayTimes times, LongSupplier nanoTime) {
        this.agent = agent;
        this.times = times;
        this.nanoTime = nanoTime;
        this.lastContact = nanoTime.getAsLong();
    }

    /**
     * The connection of one agent process. It is a new one also when the agent comes back from elsewhere.
     *
     * @param serial tells sessions apart
     */
    record Session(UUID instance, long serial) {}

    private record Challenger(UUID instance, CompletableFuture<PollAnswer> answer) {}

    private record Mark(String assignmentId, HostMark mark) {}

    AgentIdentity agent() {
        return agent;
    }

    /** Parks the poll until there is something to do, the poll time is over, or a newer poll takes its place. */
    public synchronized CompletableFuture<PollAnswer> poll(UUID instance) {
        CompletableFuture<PollAnswer> answer = new CompletableFuture<>();
        if (closed) {
            answer.complete(new PollAnswer.Nothing());
        } else if (session == null || session.instance().equals(instance) || !connected()) {
            refuseChallenger();
            seat(instance, answer);
        } else {
            challenge(instance, answer);
        }
        return answer;
    }

    /** Puts the assignment in, once however often it is offered; a result that is known already completes it. */
    synchronized Delivery offer(Assignment assignment) {
        Delivery delivery =
                deliveries.computeIfAbsent(assignment.id(), _ -> new Delivery(assignment, nanoTime.getAsLong()));
        delivery.join();
        HostResult known = results.get(assignment.id());
        if (known != null) {
            delivery.complete(known);
        } else {
            handOut();
        }
        return delivery;
    }

    /** Takes the assignment out once nobody waits for it any more. */
    synchronized void withdraw(Delivery delivery) {
        if (delivery.leave()) {
            deliveries.remove(delivery.assignment().id(), delivery);
        }
    }

    /**
     * Acknowledges the assignment; true if the join has yet to be told of this mark.
     *
     * @param reporter null stands for the holder
     */
    public synchronized boolean progressed(String assignmentId, Progress progress, @Nullable UUID reporter) {
        heard(reporter);
        Delivery delivery = deliveries.get(assignmentId);
        if (delivery != null) {
            delivery.acknowledge(reporter == null ? holder() : reporter);
            delivery.progressed(progress);
        }
        return progress.mark() != HostMark.StepDone && !reported.containsKey(new Mark(assignmentId, progress.mark()));
    }

    /** The join knows of this mark. */
    synchronized void reported(String assignmentId, HostMark mark) {
        reported.put(new Mark(assignmentId, mark), true);
    }

    /** Whether the end of this assignment is neither waited for here nor known: it is another replica's, or invented. */
    public synchronized boolean isNews(String assignmentId) {
        return !deliveries.containsKey(assignmentId) && !results.containsKey(assignmentId);
    }

    /**
     * Completes the assignment, or keeps the result for whoever offers it later. The first result of an id stays. True if it
     * is news and nobody waits for it here: its join may wait at another replica, which holds the agent's poll.
     *
     * @param reporter null stands for the holder
     */
    public synchronized boolean ended(String assignmentId, HostResult result, @Nullable UUID reporter) {
        heard(reporter);
        boolean news = !results.containsKey(assignmentId);
        HostResult first = results.computeIfAbsent(assignmentId, _ -> result);
        Delivery delivery = deliveries.get(assignmentId);
        if (delivery != null) {
            delivery.complete(first);
            return false;
        }
        UUID instance = session == null ? reporter : session.instance();
        if (news && instance != null) {
            renew(instance);
            believedElsewhere = true;
        }
        return news;
    }

    /** The join may have been told that its agent is elsewhere: the next poll here is told to it again. */
    synchronized void believedElsewhere() {
        believedElsewhere = true;
    }

    /** Whether the agent has been silent for longer than this assignment allows. */
    synchronized boolean silent(Delivery delivery) {
        long since = Math.max(lastContact, delivery.offeredAt());
        Duration allowed = delivery.acknowledged() ? times.silence() : times.absence();
        boolean waiting = delivery.acknowledged() && !parked.isDone();
        return !waiting && nanoTime.getAsLong() - since > allowed.toNanos();
    }

    /** Whether an agent holds this mailbox and has been heard of lately. */
    public synchronized boolean connected() {
        return session != null
                && (!parked.isDone()
                        || nanoTime.getAsLong() - lastContact <= times.silence().toNanos());
    }

    synchronized Optional<Session> session() {
        return connected() ? Optional.ofNullable(session) : Optional.empty();
    }

    /**
     * Whether the join of this agent is to be looked for now.
     *
     * @param interval a known session is looked for not more often than this
     * @param mayTell whether a new one may be looked for
     */
    synchronized boolean announcementDue(Duration interval, BooleanSupplier mayTell) {
        long now = nanoTime.getAsLong();
        if (session == null) {
            return false;
        }
        boolean due = session.equals(lookedFor) ? now - lookedAt >= interval.toNanos() : mayTell.getAsBoolean();
        if (!due) {
            return false;
        }
        lookedFor = session;
        lookedAt = now;
        return true;
    }

    Announcement announcement() {
        return announcement;
    }

    /** Whether nothing lies here and nobody has come for this long. */
    synchronized boolean idle(Duration time) {
        return deliveries.isEmpty() && parked.isDone() && nanoTime.getAsLong() - lastContact > time.toNanos();
    }

    /** Sends the agent, if its poll is parked, to enroll with the join that has taken the place of its own. */
    synchronized void dismiss() {
        parked.complete(new PollAnswer.Outdated());
    }

    /** Lets the agent, if its poll is parked, go: its join has succeeded. */
    synchronized void release() {
        parked.complete(new PollAnswer.Joined());
    }

    /** Answers whoever is parked with nothing, now and from now on. */
    synchronized void close() {
        closed = true;
        parked.complete(new PollAnswer.Nothing());
        if (challenger != null) {
            challenger.answer().complete(new PollAnswer.Nothing());
            challenger = null;
        }
    }

    private void seat(UUID instance, CompletableFuture<PollAnswer> answer) {
        Session before = session;
        boolean away = parked.isDone()
                && nanoTime.getAsLong() - lastContact > times.absence().toNanos();
        if (before == null || away || believedElsewhere || !before.instance().equals(instance)) {
            renew(instance);
            believedElsewhere = false;
        }
        lastContact = nanoTime.getAsLong();
        parked.complete(new PollAnswer.Nothing());
        parked = answer.completeOnTimeout(new PollAnswer.Nothing(), times.poll().toMillis(), TimeUnit.MILLISECONDS);
        handOut();
    }

    private void renew(UUID instance) {
        session = new Session(instance, session == null ? 1 : session.serial() + 1);
    }

    private void challenge(UUID instance, CompletableFuture<PollAnswer> answer) {
        if (challenger != null && !challenger.instance().equals(instance)) {
            answer.complete(new PollAnswer.Duplicate());
            return;
        }
        if (challenger != null) {
            challenger.answer().complete(new PollAnswer.Nothing());
        }
        challenger = new Challenger(instance, answer);
        parked.complete(new PollAnswer.Nothing());
        Executor afterWindow =
                CompletableFuture.delayedExecutor(times.duplicateWindow().toMillis(), TimeUnit.MILLISECONDS);
        afterWindow.execute(() -> takeOver(answer));
    }

    private synchronized void takeOver(CompletableFuture<PollAnswer> answer) {
        if (challenger != null && !answer.isDone()) {
            LOG.info("a newer agent of {} takes the place of one that is silent", agent);
            UUID instance = challenger.instance();
            challenger = null;
            seat(instance, answer);
        }
    }

    private void heard(@Nullable UUID reporter) {
        lastContact = nanoTime.getAsLong();
        if (reporter == null || reporter.equals(holder())) {
            refuseChallenger();
        }
    }

    private @Nullable UUID holder() {
        return session == null ? null : session.instance();
    }

    private void refuseChallenger() {
        if (challenger != null) {
            LOG.warn("two live agents under the identity {}: the newer one gets nothing", agent);
            challenger.answer().complete(new PollAnswer.Duplicate());
            challenger = null;
        }
    }

    private void handOut() {
        if (parked.isDone() || session == null) {
            return;
        }
        UUID holder = session.instance();
        deliveries.values().stream()
                .filter(delivery -> !delivery.acknowledgedBy(holder))
                .findFirst()
                .ifPresent(delivery -> parked.complete(new PollAnswer.Command(delivery.assignment())));
    }
}
