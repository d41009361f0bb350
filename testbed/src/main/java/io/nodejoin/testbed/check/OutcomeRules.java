package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.Invariant.Broken;
import io.nodejoin.testbed.check.Scene.DeadLetter;
import io.nodejoin.testbed.check.Scene.Event;
import io.nodejoin.testbed.check.Scene.Place;
import io.nodejoin.testbed.check.Scene.Request;
import io.nodejoin.testbed.check.Scene.Run;
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

/** Requests and what is told of them. */
final class OutcomeRules {
    private static final Duration AFTER_DEADLINE = Duration.ofSeconds(60);
    private static final String JOIN_REQUESTED = "io.nodejoin.join.requested.v1";

    private OutcomeRules() {}

    /** Copies of one event have one id and count once. */
    static Stream<Broken> areOnePerAdmittedRequest(Scene scene) {
        Map<String, List<Event>> ends =
                scene.topics().events().stream().filter(Event::ends).collect(Collectors.groupingBy(Event::join));
        return admitted(scene).flatMap(join -> {
            List<Event> told = ends.getOrDefault(join, List.of());
            long different = told.stream().map(Event::id).distinct().count();
            return different == 1 || (different == 0 && (scene.runs(join) || waits(scene, join)))
                    ? Stream.empty()
                    : Stream.of(Broken.because(
                            "the admitted join " + join + " has " + different + " outcomes",
                            Stream.concat(requestsOf(scene, join), Stream.concat(told.stream(), scene.runsOf(join)))
                                    .toArray()));
        });
    }

    /** A request that was handed to a running join of its node has no run of its own yet. */
    private static boolean waits(Scene scene, String join) {
        return scene.topics().requests().stream()
                .anyMatch(request -> request.join().equals(join) && !scene.atRest(request.node()));
    }

    private static Stream<String> admitted(Scene scene) {
        Set<String> rejected = rejectedPlaces(scene);
        return scene.topics().requests().stream()
                .filter(request -> request.type().equals(JOIN_REQUESTED))
                .filter(request -> isSettled(scene, request.place()))
                .collect(Collectors.groupingBy(Request::join))
                .entrySet()
                .stream()
                .filter(join -> join.getValue().stream()
                        .anyMatch(request -> !rejected.contains(request.place().toString())))
                .map(Map.Entry::getKey);
    }

    static Stream<Broken> areNotRejectedOnceAdmitted(Scene scene) {
        Set<String> rejected = rejectedPlaces(scene);
        Set<String> accepted = scene.topics().events().stream()
                .filter(event -> event.type().equals("accepted"))
                .map(Event::join)
                .collect(Collectors.toSet());
        return scene.topics().requests().stream()
                .filter(request -> accepted.contains(request.join())
                        && rejected.contains(request.place().toString()))
                .map(request -> Broken.because(
                        "a copy of the admitted request of " + request.node() + " was rejected",
                        TokenRules.evidence(scene, request, request.join())));
    }

    static Stream<Broken> areOfRequests(Scene scene) {
        Set<String> asked =
                scene.topics().requests().stream().map(Request::join).collect(Collectors.toSet());
        return scene.topics().events().stream()
                .filter(event -> event.ends() && !asked.contains(event.join()))
                .map(event -> Broken.because("an outcome is told of a join that nobody asked for", event));
    }

    static Stream<Broken> areOfJoinsThatRunNoMore(Scene scene) {
        return scene.topics().events().stream()
                .filter(event -> event.ends() && scene.runs(event.join()))
                .map(event -> Broken.because(
                        "the join " + event.join() + " has its outcome and runs",
                        TokenRules.evidence(scene, event, event.join())));
    }

    static Stream<Broken> areEqualInAllCopies(Scene scene) {
        return scene.topics().events().stream().collect(Collectors.groupingBy(Event::id)).values().stream()
                .filter(copies -> copies.stream().map(Event::content).distinct().count() > 1)
                .map(copies -> Broken.because(
                        "one event id stands for different events",
                        copies.stream().toArray()));
    }

    static Stream<Broken> areToldOfEachDeadLetter(Scene scene) {
        Set<String> told = scene.topics().events().stream()
                .filter(event -> event.type().equals("rejected"))
                .map(Event::id)
                .collect(Collectors.toSet());
        return scene.topics().deadLetters().stream()
                .filter(letter -> !told.contains(rejectionOf(letter)))
                .map(letter -> Broken.because("a dead letter has no rejected event", letter));
    }

    static Stream<Broken> leaveDeadLettersAsTheyCame(Scene scene) {
        Map<String, Request> requests = scene.topics().requests().stream()
                .collect(Collectors.toMap(request -> request.place().toString(), Function.identity()));
        return scene.topics().deadLetters().stream().filter(DeadLetter::whole).flatMap(letter -> {
            Request original = requests.get(original(letter));
            return original == null || original.content().equals(letter.content())
                    ? Stream.empty()
                    : Stream.of(Broken.because("a dead letter differs from its record", letter, original));
        });
    }

    /** Started, recognised as told already, handed to a running join, or rejected. */
    static Stream<Broken> areOwedForWhatIsCommitted(Scene scene) {
        Set<String> known = new HashSet<>();
        scene.runs().stream().map(Run::join).forEach(known::add);
        scene.topics().events().stream().map(Event::join).forEach(known::add);
        Set<String> rejected = rejectedPlaces(scene);
        return scene.topics().requests().stream()
                .filter(request ->
                        request.type().equals(JOIN_REQUESTED) || request.join().isEmpty())
                .filter(request -> isSettled(scene, request.place()))
                .filter(request -> !known.contains(request.join())
                        && !rejected.contains(request.place().toString()))
                .map(request -> Broken.because(
                        "a record is committed, and neither a join nor a dead letter came of it", request));
    }

    static Stream<Broken> comeInTime(Scene scene) {
        Map<String, Instant> ends = scene.topics().events().stream()
                .filter(event -> event.ends() && event.time() != null)
                .collect(Collectors.toMap(Event::join, Event::time, (first, _) -> first));
        return scene.topics().events().stream()
                .filter(event -> event.type().equals("accepted"))
                .filter(event -> scene.runs(event.join()) || ends.containsKey(event.join()))
                .filter(event -> isLate(event.deadline(), ends.getOrDefault(event.join(), scene.at())))
                .map(event -> Broken.because(
                        "the join " + event.join() + " ran beyond its deadline " + event.deadline(),
                        TokenRules.evidence(scene, event, event.join())));
    }

    private static boolean isLate(@Nullable Instant deadline, Instant now) {
        return deadline != null && deadline.plus(AFTER_DEADLINE).isBefore(now);
    }

    static Stream<Broken> haveOneRunAtATime(Scene scene) {
        return scene.runs().stream()
                .filter(Run::running)
                .collect(Collectors.groupingBy(Run::workflowId))
                .values()
                .stream()
                .filter(running -> running.size() > 1)
                .map(running -> Broken.because(
                        "two joins of one node run", running.stream().toArray()));
    }

    /** A run that Temporal has reset, and the next attempt of a join, are for the same request. */
    static Stream<Broken> haveNoRunForAnOlderRequest(Scene scene) {
        Map<String, Instant> made = scene.topics().requests().stream()
                .filter(request -> request.made() != null)
                .collect(Collectors.toMap(
                        Request::join, Request::made, BinaryOperator.minBy(Comparator.naturalOrder())));
        return scene.runs().stream().collect(Collectors.groupingBy(Run::workflowId)).values().stream()
                .flatMap(runs -> runs.stream()
                        .flatMap(earlier -> runs.stream()
                                .filter(later -> later.started().isAfter(earlier.started()))
                                .filter(later -> isOlder(made.get(later.join()), made.get(earlier.join())))
                                .map(later -> Broken.because(
                                        "a request of " + later.node() + " began after a newer one had",
                                        earlier,
                                        later))));
    }

    private static boolean isOlder(@Nullable Instant made, @Nullable Instant than) {
        return made != null && than != null && made.isBefore(than);
    }

    static Stream<Broken> haveRunsThatWereAskedFor(Scene scene) {
        Set<String> asked =
                scene.topics().requests().stream().map(Request::join).collect(Collectors.toSet());
        return scene.runs().stream()
                .filter(run -> !asked.contains(run.join()))
                .map(run -> Broken.because("a join runs, or ran, that nobody asked for", run));
    }

    private static Stream<Request> requestsOf(Scene scene, String join) {
        return scene.topics().requests().stream()
                .filter(request -> request.join().equals(join));
    }

    private static boolean isSettled(Scene scene, Place place) {
        return place.offset() < scene.topics().committed().getOrDefault(place.partition(), 0L);
    }

    private static Set<String> rejectedPlaces(Scene scene) {
        return scene.topics().deadLetters().stream().map(OutcomeRules::original).collect(Collectors.toSet());
    }

    private static String original(DeadLetter letter) {
        return new Place("nodejoin.requests.v1", letter.partition(), letter.offset()).toString();
    }

    private static String rejectionOf(DeadLetter letter) {
        return "nodejoin.requests.v1/" + letter.partition() + "/" + letter.offset() + "/rejected";
    }
}
