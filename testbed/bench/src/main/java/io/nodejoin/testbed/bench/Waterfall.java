package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.bench.Journal.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What everybody who has to do with a join tells of it, put in order. */
final class Waterfall {
    private static final double NANOS = 1e9;
    private static final String TOKEN = "secrets bootstrap-token-";

    private final Join join;
    private final List<ApiCall> calls;
    private final CpuTime restPerSecond;

    Waterfall(Join join, List<ApiCall> calls, CpuTime restPerSecond) {
        this.join = join;
        this.calls = List.copyOf(calls);
        this.restPerSecond = restPerSecond;
    }

    WaterfallResult result(List<Line> agent, List<Line> kubelet, boolean readsToo) {
        return new WaterfallResult(
                rows(agent, kubelet),
                join.secondsToReady(),
                join.secondsToSucceeded(),
                tokenLife(),
                join.history().size(),
                join.usedBeyond(restPerSecond),
                restPerSecond,
                readsToo,
                counts(call -> !isLate(call)),
                counts(this::isLate));
    }

    private List<WaterfallResult.Row> rows(List<Line> agent, List<Line> kubelet) {
        List<Hop> hops = new ArrayList<>(join.history().hops());
        agent.forEach(line -> hops.add(Hop.moment(line.time(), "agent", line.message())));
        KubeletLog.steps(kubelet).forEach(line -> hops.add(Hop.moment(line.time(), "kubelet", line.message())));
        calls.forEach(call -> hops.add(new Hop(
                call.from(), call.to(), "API server", call.who(join.host().address()) + ": " + call.what())));
        join.events()
                .forEach(event -> hops.add(Hop.moment(
                        event.receivedAt(), "Kafka", event.event().getClass().getSimpleName() + " arrives")));
        hops.add(Hop.moment(join.seen(), "watch", "Node is there"));
        hops.add(Hop.moment(join.ready(), "watch", "Node is Ready"));
        return hops.stream()
                .filter(hop -> !hop.from().isBefore(join.sent()))
                .sorted(Comparator.comparing(Hop::from))
                .map(this::row)
                .toList();
    }

    private WaterfallResult.Row row(Hop hop) {
        return new WaterfallResult.Row(millis(hop.from()), millis(hop.to()), hop.source(), hop.what());
    }

    private double millis(Instant at) {
        return seconds(join.sent(), at) * 1000;
    }

    /** From the answer to its creation to the answer to its deletion. */
    private @Nullable Double tokenLife() {
        var created = calls.stream().filter(call -> isToken("create", call)).findFirst();
        var deleted = calls.stream().filter(call -> isToken("delete", call)).reduce((_, last) -> last);
        return created.isPresent() && deleted.isPresent()
                ? seconds(created.get().to(), deleted.get().to())
                : null;
    }

    private static boolean isToken(String verb, ApiCall call) {
        return call.verb().equals(verb) && call.target().startsWith(TOKEN);
    }

    /** How often each has made which request: by who, then by verb and resource. */
    private Map<String, Map<String, Integer>> counts(Predicate<ApiCall> which) {
        Map<String, Map<String, Integer>> counts = new TreeMap<>();
        calls.stream()
                .filter(which)
                .forEach(call -> counts.computeIfAbsent(call.who(join.host().address()), _ -> new TreeMap<>())
                        .merge(call.kind(), 1, Integer::sum));
        return counts;
    }

    private boolean isLate(ApiCall call) {
        return call.from().isAfter(join.succeeded());
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / NANOS;
    }
}
