package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.apiproxy.ApiFaultProxy;
import io.nodejoin.testbed.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Injects every applicable fault into every kind of the service's requests to the API server: lost response, late
 * execution, 429, 409, 410, 500, 503, 504. Runs joins until each kind has received each fault. Their outcomes must be
 * the same as without faults.
 */
final class ApiErrors implements Experiment {
    /** A request that each join makes once receives two faults per join, so this covers all of the faults. */
    private static final int JOINS_PER_OUTCOME = 4;

    private static final int JOINS_PER_OUTCOME_LONG = 12;
    private static final int MAX_BATCHES = 8;
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(6);

    /**
     * Requests that every join with a token makes. Faults are injected into all other requests as well, but none of
     * those is required.
     */
    private static final List<String> REQUIRED_CALLS = List.of(
            "POST secrets",
            "DELETE secrets",
            "PUT configmaps",
            "PUT certificatesigningrequests/approval",
            "DELETE nodes",
            "WATCH certificatesigningrequests");

    @Override
    public String name() {
        return "refusals";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        try (ApiFaultProxy proxy = bed.restartBehindFaultProxy()) {
            proxy.injectFaults();
            List<InFlightJoin> joins = runJoinsUntilAllErrorsMet(bed, proxy, scale);
            List<String> failures = new ArrayList<>(bed.awaitAndCheck(joins, COMPLETION_TIMEOUT));
            missing(proxy).forEach(missing -> failures.add("never met: " + missing));
            return new Findings(name(), figures(joins, proxy.injectedFaults()), failures);
        } catch (IOException e) {
            throw new UncheckedIOException("the door to the API server does not close", e);
        } finally {
            bed.restartWithoutProxies();
        }
    }

    private static List<InFlightJoin> runJoinsUntilAllErrorsMet(ChaosBed bed, ApiFaultProxy proxy, Scale scale) {
        int each = scale.full() ? JOINS_PER_OUTCOME_LONG : JOINS_PER_OUTCOME;
        List<InFlightJoin> joins = new ArrayList<>();
        for (int batch = 0; batch < MAX_BATCHES && !missing(proxy).isEmpty(); batch++) {
            joins.addAll(endedJoins(bed, "refused" + batch, each));
        }
        return joins;
    }

    private static List<InFlightJoin> endedJoins(ChaosBed bed, String name, int each) {
        List<InFlightJoin> joins = bed.bootAndRequestAll(ExpectedOutcome.SINGLE_ATTEMPT, name, each);
        Await.until(COMPLETION_TIMEOUT, () -> bed.outcomes().of(joins).size() == joins.size());
        return joins;
    }

    private static List<String> missing(ApiFaultProxy proxy) {
        Set<String> met = proxy.injectedFaults().keySet();
        Stream<String> never = REQUIRED_CALLS.stream()
                .filter(call -> met.stream().noneMatch(refused -> refused.startsWith(call + ":")));
        return Stream.concat(never, proxy.pendingFaults().stream()).toList();
    }

    private static SequencedMap<String, Number> figures(List<InFlightJoin> joins, Map<String, Integer> refused) {
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        figures.put("joins", joins.size());
        figures.put(
                "kinds of call",
                refused.keySet().stream()
                        .map(met -> met.split(":", 2)[0])
                        .distinct()
                        .count());
        figures.put(
                "refusals",
                refused.values().stream().mapToInt(Integer::intValue).sum());
        figures.putAll(refused);
        return figures;
    }
}
