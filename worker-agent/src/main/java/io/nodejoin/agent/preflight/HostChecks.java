package io.nodejoin.agent.preflight;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All checks of one host. They are looked at beside each other, so that a set of them takes as long as its slowest. */
public final class HostChecks {
    /** In the order of reports. */
    public static final List<HostCheck> ALL = Stream.of(
                    KubeletChecks.ALL,
                    SystemChecks.ALL,
                    KernelChecks.ALL,
                    StorageChecks.ALL,
                    RuntimeChecks.ALL,
                    NetworkChecks.ALL,
                    LeftoverChecks.ALL)
            .flatMap(List::stream)
            .toList();

    private final HostParts parts;
    private final HostProbe probe;
    private final KubeletBinary kubelet;
    private final ServerClock serverClock;
    private final Set<String> ignored;
    private final Map<String, CheckOutcome> seenAhead = new ConcurrentHashMap<>();

    /** @param ignored names of checks whose failure is reported and ends nothing */
    public HostChecks(
            HostParts parts, HostProbe probe, KubeletBinary kubelet, ServerClock serverClock, Set<String> ignored) {
        this.parts = parts;
        this.probe = probe;
        this.kubelet = kubelet;
        this.serverClock = serverClock;
        this.ignored = Set.copyOf(ignored);
    }

    /** The names that can be ignored. */
    public static Set<String> names() {
        return ALL.stream().map(HostCheck::name).collect(Collectors.toUnmodifiableSet());
    }

    /** All checks, looked at now. */
    public List<CheckOutcome> all(Expectation expected) throws InterruptedException {
        return look(expected, _ -> true);
    }

    /** The checks of a join: what is costly is reported as {@link #lookAhead} saw it. */
    public List<CheckOutcome> ofJoin(Expectation expected) throws InterruptedException {
        List<CheckOutcome> outcomes =
                new ArrayList<>(look(expected, check -> !check.ahead().test(expected)));
        seenAhead.values().stream()
                .filter(seen -> seen.check().ahead().test(expected))
                .forEach(outcomes::add);
        return outcomes;
    }

    /** Looks at what does not depend on a join, for later use. */
    public void lookAhead(Expectation expected) throws InterruptedException {
        look(expected, _ -> true).stream()
                .filter(outcome -> outcome.check().ahead().test(expected))
                .forEach(outcome -> seenAhead.put(outcome.check().name(), outcome));
    }

    private List<CheckOutcome> look(Expectation expected, Predicate<HostCheck> wanted) throws InterruptedException {
        CheckedHost host = new CheckedHost(parts, probe, kubelet, serverClock, expected);
        List<HostCheck> checks = ALL.stream().filter(wanted).toList();
        List<CheckOutcome> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<CheckOutcome>> looks = new ArrayList<>();
            checks.forEach(check -> looks.add(() -> outcome(check, host)));
            List<Future<CheckOutcome>> ended = threads.invokeAll(looks);
            for (int i = 0; i < ended.size(); i++) {
                outcomes.add(result(checks.get(i), ended.get(i)));
            }
        }
        return outcomes;
    }

    private static CheckOutcome result(HostCheck check, Future<CheckOutcome> look) {
        if (look.state() != Future.State.SUCCESS) {
            throw new IllegalStateException("the check " + check.name() + " met a defect", look.exceptionNow());
        }
        return look.resultNow();
    }

    private CheckOutcome outcome(HostCheck check, CheckedHost host) {
        boolean ignore = ignored.contains(check.name());
        try {
            return new CheckOutcome(check, check.look().at(host), check.code(), ignore);
        } catch (HostFailure e) {
            ErrorCode code = e.problem().code();
            return new CheckOutcome(check, Verdict.require(false, e.problem().detail()), code, ignore);
        }
    }
}
