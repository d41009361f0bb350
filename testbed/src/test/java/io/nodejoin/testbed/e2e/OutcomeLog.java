package io.nodejoin.testbed.e2e;

import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.testbed.demo.OutcomeArchive;
import io.nodejoin.testbed.demo.OutcomeFeed.Arrival;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Every event of Nodejoin since the bed came up, in the order of each key. */
final class OutcomeLog implements AutoCloseable {
    /** Covers a join on a machine that builds something else at the same time. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final OutcomeArchive archive;

    OutcomeLog(String bootstrapServers) {
        archive = new OutcomeArchive(bootstrapServers);
    }

    List<Outcome> of(NodeName node) {
        String key = SharedBed.key(node);
        return archive.arrivals()
                .filter(arrival -> arrival.key().equals(key))
                .map(Arrival::event)
                .toList();
    }

    /** The events of joins, accepted and ended, without their phases and without rejected requests. */
    List<Class<?>> milestones(NodeName node) {
        return of(node).stream()
                .filter(event -> event instanceof JoinAccepted || ends(event))
                .<Class<?>>map(Object::getClass)
                .toList();
    }

    /** Waits for the end of the node's join, which must be of this kind. */
    <T extends Outcome> T awaitEnd(NodeName node, Class<T> kind) {
        return requireEnd(node, awaitEvent(node, OutcomeLog::ends), kind);
    }

    /** Waits for the end of the node's join, or for the word that there will be none. */
    Outcome awaitAnswer(NodeName node) {
        return awaitEvent(node, event -> ends(event) || event instanceof JoinRejected);
    }

    /** Waits for the end of the node's second join, which must be of this kind. */
    <T extends Outcome> T awaitSecondEnd(NodeName node, Class<T> kind) {
        return awaitEndNumber(2, node, kind);
    }

    /** Waits for that end of the node's joins and leaves, counted from 1, which must be of this kind. */
    <T extends Outcome> T awaitEndNumber(int number, NodeName node, Class<T> kind) {
        List<Outcome> ends = await("end " + number + " of " + node)
                .atMost(PATIENCE)
                .until(() -> of(node).stream().filter(OutcomeLog::ends).toList(), found -> found.size() >= number);
        return requireEnd(node, ends.get(number - 1), kind);
    }

    private static <T extends Outcome> T requireEnd(NodeName node, Outcome end, Class<T> kind) {
        if (!kind.isInstance(end)) {
            throw new AssertionError("the join of " + node + " ended otherwise: " + end);
        }
        return kind.cast(end);
    }

    JoinAccepted awaitAccepted(NodeName node) {
        return (JoinAccepted) awaitEvent(node, JoinAccepted.class::isInstance);
    }

    void awaitPhase(NodeName node, Phase phase) {
        Outcome reached = awaitEvent(
                node, event -> ends(event) || (event instanceof JoinPhaseChanged changed && changed.phase() == phase));
        if (ends(reached)) {
            throw new AssertionError("the join of " + node + " ended before it was " + phase + ": " + reached);
        }
    }

    /** Why attempts of the node's join were taken back. */
    List<ErrorCode> reasons(NodeName node) {
        return of(node).stream()
                .filter(event -> event instanceof JoinPhaseChanged changed && changed.phase() == Phase.Compensating)
                .map(event -> ((JoinPhaseChanged) event).reason())
                .toList();
    }

    /** Waits for the rejection of the request with this id. */
    JoinRejected awaitRejection(String requestId) {
        return (JoinRejected) awaitArrival(
                        "rejection of request " + requestId,
                        arrival -> arrival.event() instanceof JoinRejected rejected
                                && requestId.equals(rejected.requestId()))
                .event();
    }

    /** Waits for the event that itself has this id. */
    Arrival awaitId(String id) {
        return awaitArrival("event " + id, arrival -> arrival.id().equals(id));
    }

    private Outcome awaitEvent(NodeName node, Predicate<Outcome> wanted) {
        String key = SharedBed.key(node);
        return awaitArrival("event of " + node, arrival -> arrival.key().equals(key) && wanted.test(arrival.event()))
                .event();
    }

    private Arrival awaitArrival(String what, Predicate<Arrival> wanted) {
        return await(what)
                .atMost(PATIENCE)
                .until(() -> archive.arrivals().filter(wanted).toList(), found -> !found.isEmpty())
                .getFirst();
    }

    private static boolean ends(Outcome event) {
        return switch (event) {
            case JoinSucceeded _, JoinFailed _, JoinCancelled _, LeaveSucceeded _, LeaveFailed _ -> true;
            case JoinAccepted _, JoinPhaseChanged _, JoinRejected _, LeaveAccepted _ -> false;
        };
    }

    @Override
    public void close() {
        archive.close();
    }
}
