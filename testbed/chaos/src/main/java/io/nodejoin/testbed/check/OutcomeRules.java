package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.ClusterSnapshot.DeadLetter;
import io.nodejoin.testbed.check.ClusterSnapshot.Event;
import io.nodejoin.testbed.check.ClusterSnapshot.Place;
import io.nodejoin.testbed.check.ClusterSnapshot.Request;
import io.nodejoin.testbed.check.ClusterSnapshot.Run;
import io.nodejoin.testbed.check.Invariant.Breach;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules for requests and their outcomes. */
final class OutcomeRules {
    private static final Duration SETTLEMENT = Duration.ofMinutes(5);
    private static final Duration AFTER_DEADLINE = Duration.ofSeconds(60);
    private static final String JOIN_REQUESTED = "io.nodejoin.join.requested.v1";

    private OutcomeRules() {}

    /** Copies of one event have one id and count once. */
    static Stream<Breach> areOnePerAdmittedRequest(ClusterSnapshot snapshot) {
        Map<String, List<Event>> ends = snapshot.topics().events().stream()
                .filter(Event::isOutcome)
                .collect(Collectors.groupingBy(Event::join));
        return admitted(snapshot).flatMap(join -> {
            List<Event> told = ends.getOrDefault(join, List.of());
            long different = told.stream().map(Event::id).distinct().count();
            return different == 1 || (different == 0 && (snapshot.runs(join) || waits(snapshot, join)))
                    ? Stream.empty()
                    : Stream.of(Breach.of(
                            "the admitted join " + join + " has " + different + " outcomes",
                            Stream.concat(
                                            requestsOf(snapshot, join),
                                            Stream.concat(told.stream(), snapshot.runsOf(join)))
                                    .toArray()));
        });
    }

    /** A request that was handed to a running join of its node has no run of its own yet. */
    private static boolean waits(ClusterSnapshot snapshot, String join) {
        return snapshot.topics().requests().stream()
                .anyMatch(request -> request.join().equals(join) && !snapshot.isIdle(request.node()));
    }

    private static Stream<String> admitted(ClusterSnapshot snapshot) {
        Set<String> rejected = rejectedPlaces(snapshot);
        return snapshot.topics().requests().stream()
                .filter(request -> request.type().equals(JOIN_REQUESTED))
                .filter(request -> isSettled(snapshot, request.place()))
                .collect(Collectors.groupingBy(Request::join))
                .entrySet()
                .stream()
                .filter(join -> join.getValue().stream()
                        .anyMatch(request -> !rejected.contains(request.place().toString())))
                .map(Map.Entry::getKey);
    }

    static Stream<Breach> areNotRejectedOnceAdmitted(ClusterSnapshot snapshot) {
        Set<String> rejected = rejectedPlaces(snapshot);
        Set<String> accepted = snapshot.topics().events().stream()
                .filter(event -> event.type().equals("accepted"))
                .map(Event::join)
                .collect(Collectors.toSet());
        return snapshot.topics().requests().stream()
                .filter(request -> accepted.contains(request.join())
                        && rejected.contains(request.place().toString()))
                .map(request -> Breach.of(
                        "a copy of the admitted request of " + request.node() + " was rejected",
                        TokenRules.evidence(snapshot, request, request.join())));
    }

    static Stream<Breach> areOfRequests(ClusterSnapshot snapshot) {
        Set<String> asked =
                snapshot.topics().requests().stream().map(Request::join).collect(Collectors.toSet());
        return snapshot.topics().events().stream()
                .filter(event -> event.isOutcome() && !asked.contains(event.join()))
                .map(event -> Breach.of("an outcome is told of a join that nobody asked for", event));
    }

    static Stream<Breach> areOfJoinsThatRunNoMore(ClusterSnapshot snapshot) {
        return snapshot.topics().events().stream()
                .filter(event -> event.isOutcome() && snapshot.runs(event.join()))
                .filter(event -> !maySettle(snapshot, event))
                .map(event -> Breach.of(
                        "the join " + event.join() + " has its outcome and runs",
                        TokenRules.evidence(snapshot, event, event.join())));
    }

    /** A join that succeeded runs until the rejection of its token is proved. */
    private static boolean maySettle(ClusterSnapshot snapshot, Event event) {
        return event.type().equals("succeeded")
                && event.time() != null
                && event.time().isAfter(snapshot.at().minus(SETTLEMENT));
    }

    static Stream<Breach> areEqualInAllCopies(ClusterSnapshot snapshot) {
        return snapshot.topics().events().stream().collect(Collectors.groupingBy(Event::id)).values().stream()
                .filter(copies -> copies.stream().map(Event::content).distinct().count() > 1)
                .map(copies -> Breach.of(
                        "one event id stands for different events",
                        copies.stream().toArray()));
    }

    static Stream<Breach> areToldOfEachDeadLetter(ClusterSnapshot snapshot) {
        Set<String> told = snapshot.topics().events().stream()
                .filter(event -> event.type().equals("rejected"))
                .map(Event::id)
                .collect(Collectors.toSet());
        return snapshot.topics().deadLetters().stream()
                .filter(letter -> !told.contains(rejectionOf(letter)))
                .map(letter -> Breach.of("a dead letter has no rejected event", letter));
    }

    static Stream<Breach> leaveDeadLettersAsTheyCame(ClusterSnapshot snapshot) {
        Map<String, Request> requests = snapshot.topics().requests().stream()
                .collect(Collectors.toMap(request -> request.place().toString(), Function.identity()));
        return snapshot.topics().deadLetters().stream()
                .filter(DeadLetter::whole)
                .flatMap(letter -> {
                    Request original = requests.get(original(letter));
                    return original == null || original.content().equals(letter.content())
                            ? Stream.empty()
                            : Stream.of(Breach.of("a dead letter differs from its record", letter, original));
                });
    }

    /** Started, recognised as a duplicate, queued behind a running join, or rejected. */
    static Stream<Breach> areOwedForWhatIsCommitted(ClusterSnapshot snapshot) {
        Set<String> known = new HashSet<>();
        snapshot.runs().stream().map(Run::join).forEach(known::add);
        snapshot.topics().events().stream().map(Event::join).forEach(known::add);
        Set<String> rejected = rejectedPlaces(snapshot);
        return snapshot.topics().requests().stream()
                .filter(request ->
                        request.type().equals(JOIN_REQUESTED) || request.join().isEmpty())
                .filter(request -> isSettled(snapshot, request.place()))
                .filter(request -> !known.contains(request.join())
                        && !rejected.contains(request.place().toString()))
                .map(request ->
                        Breach.of("a record is committed, and neither a join nor a dead letter came of it", request));
    }

    static Stream<Breach> comeInTime(ClusterSnapshot snapshot) {
        Map<String, Instant> ends = snapshot.topics().events().stream()
                .filter(event -> event.isOutcome() && event.time() != null)
                .collect(Collectors.toMap(Event::join, Event::time, (first, _) -> first));
        return snapshot.topics().events().stream()
                .filter(event -> event.type().equals("accepted"))
                .filter(event -> snapshot.runs(event.join()) || ends.containsKey(event.join()))
                .filter(event -> isLate(event.deadline(), ends.getOrDefault(event.join(), snapshot.at())))
                .map(event -> Breach.of(
                        "the join " + event.join() + " ran beyond its deadline " + event.deadline(),
                        TokenRules.evidence(snapshot, event, event.join())));
    }

    private static boolean isLate(@Nullable Instant deadline, Instant now) {
        return deadline != null && deadline.plus(AFTER_DEADLINE).isBefore(now);
    }

    static Stream<Breach> haveOneRunAtATime(ClusterSnapshot snapshot) {
        return snapshot.runs().stream()
                .filter(Run::isRunning)
                .collect(Collectors.groupingBy(Run::workflowId))
                .values()
                .stream()
                .filter(running -> running.size() > 1)
                .map(running ->
                        Breach.of("two joins of one node run", running.stream().toArray()));
    }

    /** A run that was reset in Temporal, and the next attempt of a join, are for the same request. */
    static Stream<Breach> haveNoRunForAnOlderRequest(ClusterSnapshot snapshot) {
        Map<String, Instant> made = snapshot.topics().requests().stream()
                .filter(request -> request.createdAt() != null)
                .collect(Collectors.toMap(
                        Request::join, Request::createdAt, BinaryOperator.minBy(Comparator.naturalOrder())));
        return snapshot.runs().stream().collect(Collectors.groupingBy(Run::workflowId)).values().stream()
                .flatMap(runs -> runs.stream()
                        .flatMap(earlier -> runs.stream()
                                .filter(later -> later.started().isAfter(earlier.started()))
                                .filter(later -> isOlder(made.get(later.join()), made.get(earlier.join())))
                                .map(later -> Breach.of(
                                        "a request of " + later.node() + " began after a newer one had",
                                        earlier,
                                        later))));
    }

    private static boolean isOlder(@Nullable Instant made, @Nullable Instant than) {
        return made != null && than != null && made.isBefore(than);
    }

    static Stream<Breach> haveRunsThatWereAskedFor(ClusterSnapshot snapshot) {
        Set<String> asked =
                snapshot.topics().requests().stream().map(Request::join).collect(Collectors.toSet());
        return snapshot.runs().stream()
                .filter(run -> !asked.contains(run.join()))
                .map(run -> Breach.of("a join runs, or ran, that nobody asked for", run));
    }

    private static Stream<Request> requestsOf(ClusterSnapshot snapshot, String join) {
        return snapshot.topics().requests().stream()
                .filter(request -> request.join().equals(join));
    }

    private static boolean isSettled(ClusterSnapshot snapshot, Place place) {
        return place.offset() < snapshot.topics().committed().getOrDefault(place.partition(), 0L);
    }

    private static Set<String> rejectedPlaces(ClusterSnapshot snapshot) {
        return snapshot.topics().deadLetters().stream()
                .map(OutcomeRules::original)
                .collect(Collectors.toSet());
    }

    private static String original(DeadLetter letter) {
        return new Place("nodejoin.requests.v1", letter.partition(), letter.offset()).toString();
    }

    private static String rejectionOf(DeadLetter letter) {
        return "nodejoin.requests.v1/" + letter.partition() + "/" + letter.offset() + "/rejected";
    }
}
