package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
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
import io.nodejoin.testbed.process.Await;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The outcomes published from now on, across broker restarts. */
final class Outcomes implements AutoCloseable {
    private final OutcomeRecorder recorder;

    Outcomes(String bootstrapServers) {
        recorder = new OutcomeRecorder(bootstrapServers);
    }

    /** Returns the first outcome of each join that has ended. */
    Map<JoinId, Outcome> all() {
        Map<JoinId, Outcome> ends = new HashMap<>();
        recorder.received()
                .map(ReceivedEvent::event)
                .forEach(event -> joinEndedBy(event).ifPresent(join -> ends.putIfAbsent(join, event)));
        return ends;
    }

    /** Returns the outcomes of those of these joins that have ended. */
    List<Outcome> of(List<InFlightJoin> joins) {
        Map<JoinId, Outcome> ends = all();
        return joins.stream()
                .flatMap(join -> Stream.ofNullable(ends.get(join.joinId())))
                .toList();
    }

    /** Returns the number of different outcome events of these joins. */
    long countEvents(List<InFlightJoin> joins) {
        Set<JoinId> wanted = joins.stream().map(InFlightJoin::joinId).collect(Collectors.toSet());
        return countDistinct(
                event -> joinEndedBy(event).filter(wanted::contains).isPresent());
    }

    /** Returns the number of different rejected events with this reason so far. */
    long rejections(ErrorCode reason) {
        return countDistinct(event -> event instanceof JoinRejected rejected && rejected.reason() == reason);
    }

    private long countDistinct(Predicate<Outcome> kind) {
        return recorder.received()
                .filter(received -> kind.test(received.event()))
                .map(ReceivedEvent::id)
                .distinct()
                .count();
    }

    /** Returns whether the accepted event of this join was published. */
    boolean isAccepted(InFlightJoin join) {
        return recorder.received()
                .anyMatch(received -> received.event() instanceof JoinAccepted accepted
                        && accepted.joinId().equals(join.joinId()));
    }

    boolean awaitPhase(NodeName node, Phase phase, Duration limit) {
        return Await.until(
                limit,
                () -> recorder.received()
                        .anyMatch(received -> received.event() instanceof JoinPhaseChanged changed
                                && changed.nodeName().equals(node)
                                && changed.phase() == phase));
    }

    private static Optional<JoinId> joinEndedBy(Outcome event) {
        return switch (event) {
            case JoinSucceeded succeeded -> Optional.of(succeeded.joinId());
            case JoinFailed failed -> Optional.of(failed.joinId());
            case JoinCancelled cancelled -> Optional.of(cancelled.joinId());
            case JoinAccepted _, JoinPhaseChanged _, JoinRevocationUnverified _, JoinRejected _ -> Optional.empty();
            case LeaveAccepted _, LeaveSucceeded _, LeaveFailed _ -> Optional.empty();
        };
    }

    @Override
    public void close() {
        recorder.close();
    }
}
