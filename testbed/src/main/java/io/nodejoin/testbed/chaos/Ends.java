package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
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
import io.nodejoin.testbed.process.Waiting;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is told of joins from now on, across deaths of the broker. */
final class Ends implements AutoCloseable {
    private final OutcomeArchive archive;

    Ends(String bootstrapServers) {
        archive = new OutcomeArchive(bootstrapServers);
    }

    /** The first end of each join that has ended. */
    Map<JoinId, Outcome> all() {
        Map<JoinId, Outcome> ends = new HashMap<>();
        archive.arrivals()
                .map(Arrival::event)
                .forEach(event -> ended(event).ifPresent(join -> ends.putIfAbsent(join, event)));
        return ends;
    }

    /** The ends of those of these joins that have ended. */
    List<Outcome> of(List<Going> joins) {
        Map<JoinId, Outcome> ends = all();
        return joins.stream()
                .flatMap(join -> Stream.ofNullable(ends.get(join.join())))
                .toList();
    }

    /** How many different events tell the end of one of these joins. */
    long told(List<Going> joins) {
        Set<JoinId> wanted = joins.stream().map(Going::join).collect(Collectors.toSet());
        return different(event -> ended(event).filter(wanted::contains).isPresent());
    }

    /** How many different events have told so far that a record was rejected for this reason. */
    long rejections(ErrorCode reason) {
        return different(event -> event instanceof JoinRejected rejected && rejected.reason() == reason);
    }

    private long different(Predicate<Outcome> kind) {
        return archive.arrivals()
                .filter(arrival -> kind.test(arrival.event()))
                .map(Arrival::id)
                .distinct()
                .count();
    }

    /** Whether it has been told that the request of this join is accepted. */
    boolean isAccepted(Going join) {
        return archive.arrivals()
                .anyMatch(arrival -> arrival.event() instanceof JoinAccepted accepted
                        && accepted.joinId().equals(join.join()));
    }

    boolean awaitPhase(NodeName node, Phase phase, Duration limit) {
        return Waiting.until(
                limit,
                () -> archive.arrivals()
                        .anyMatch(arrival -> arrival.event() instanceof JoinPhaseChanged changed
                                && changed.nodeName().equals(node)
                                && changed.phase() == phase));
    }

    private static Optional<JoinId> ended(Outcome event) {
        return switch (event) {
            case JoinSucceeded succeeded -> Optional.of(succeeded.joinId());
            case JoinFailed failed -> Optional.of(failed.joinId());
            case JoinCancelled cancelled -> Optional.of(cancelled.joinId());
            case JoinAccepted _, JoinPhaseChanged _, JoinRejected _ -> Optional.empty();
            case LeaveAccepted _, LeaveSucceeded _, LeaveFailed _ -> Optional.empty();
        };
    }

    @Override
    public void close() {
        archive.close();
    }
}
