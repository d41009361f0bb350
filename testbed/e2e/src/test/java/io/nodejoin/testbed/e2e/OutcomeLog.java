package io.nodejoin.testbed.e2e;

import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.testbed.client.OutcomeConsumer.ReceivedEvent;
import io.nodejoin.testbed.client.OutcomeRecorder;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Every event of Nodejoin since the bed came up, in the order of each key. */
final class OutcomeLog implements AutoCloseable {
    /** Covers a join on a machine that builds something else at the same time. */
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final OutcomeRecorder recorder;

    OutcomeLog(String bootstrapServers) {
        recorder = new OutcomeRecorder(bootstrapServers);
    }

    List<Outcome> of(NodeName node) {
        String key = SharedBed.recordKey(node);
        return recorder.received()
                .filter(received -> received.key().equals(key))
                .map(ReceivedEvent::event)
                .toList();
    }

    /** The events of joins, accepted and ended, without their phases and without rejected requests. */
    List<Class<?>> milestones(NodeName node) {
        return of(node).stream()
                .filter(event -> event instanceof JoinAccepted || isOutcome(event))
                .<Class<?>>map(Object::getClass)
                .toList();
    }

    /** Waits for the end of the node's join, which must be of this kind. */
    <T extends Outcome> T awaitOutcome(NodeName node, Class<T> kind) {
        return requireOutcome(node, awaitEvent(node, OutcomeLog::isOutcome), kind);
    }

    /** Waits for the end of the node's join, or for the word that there will be none. */
    Outcome awaitOutcomeOrRejection(NodeName node) {
        return awaitEvent(node, event -> isOutcome(event) || event instanceof JoinRejected);
    }

    /** Waits for the end of the node's second join, which must be of this kind. */
    <T extends Outcome> T awaitSecondOutcome(NodeName node, Class<T> kind) {
        return awaitNthOutcome(2, node, kind);
    }

    /** Waits for that end of the node's joins and leaves, counted from 1, which must be of this kind. */
    <T extends Outcome> T awaitNthOutcome(int number, NodeName node, Class<T> kind) {
        List<Outcome> ends = await("end " + number + " of " + node)
                .atMost(TIMEOUT)
                .until(() -> of(node).stream().filter(OutcomeLog::isOutcome).toList(), found -> found.size() >= number);
        return requireOutcome(node, ends.get(number - 1), kind);
    }

    private static <T extends Outcome> T requireOutcome(NodeName node, Outcome end, Class<T> kind) {
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
                node,
                event -> isOutcome(event) || (event instanceof JoinPhaseChanged changed && changed.phase() == phase));
        if (isOutcome(reached)) {
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
                        received -> received.event() instanceof JoinRejected rejected
                                && requestId.equals(rejected.requestId()))
                .event();
    }

    /** Returns the span in which the event of this kind was sent; empty if it is not traced. */
    String traceparent(NodeName node, Class<? extends Outcome> kind) {
        String key = SharedBed.recordKey(node);
        return awaitArrival(
                        kind.getSimpleName() + " of " + node,
                        received -> received.key().equals(key) && kind.isInstance(received.event()))
                .traceparent();
    }

    /** Waits for the event that itself has this id. */
    ReceivedEvent awaitId(String id) {
        return awaitArrival("event " + id, received -> received.id().equals(id));
    }

    private Outcome awaitEvent(NodeName node, Predicate<Outcome> wanted) {
        String key = SharedBed.recordKey(node);
        return awaitArrival("event of " + node, received -> received.key().equals(key) && wanted.test(received.event()))
                .event();
    }

    private ReceivedEvent awaitArrival(String what, Predicate<ReceivedEvent> wanted) {
        return await(what)
                .atMost(TIMEOUT)
                .until(() -> recorder.received().filter(wanted).toList(), found -> !found.isEmpty())
                .getFirst();
    }

    private static boolean isOutcome(Outcome event) {
        return switch (event) {
            case JoinSucceeded _, JoinFailed _, JoinCancelled _, LeaveSucceeded _, LeaveFailed _ -> true;
            case JoinAccepted _, JoinPhaseChanged _, JoinRevocationUnverified _, JoinRejected _, LeaveAccepted _ ->
                false;
        };
    }

    @Override
    public void close() {
        recorder.close();
    }
}
