package io.nodejoin.agent.preflight;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.protocol.ErrorCode;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All preflight checks of a host. They run concurrently, so that a run takes as long as the slowest check. */
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

    private final HostPorts ports;
    private final HostProbe probe;
    private final KubeletBinary kubelet;
    private final Function<URI, Optional<Instant>> serverTime;
    private final Set<String> ignored;
    private final Map<String, CheckReport> precomputed = new ConcurrentHashMap<>();

    /** @param ignored names of checks whose failure is reported and fails nothing */
    public HostChecks(
            HostPorts ports,
            HostProbe probe,
            KubeletBinary kubelet,
            Function<URI, Optional<Instant>> serverTime,
            Set<String> ignored) {
        this.ports = ports;
        this.probe = probe;
        this.kubelet = kubelet;
        this.serverTime = serverTime;
        this.ignored = Set.copyOf(ignored);
    }

    /** Returns the names that can be ignored. */
    public static Set<String> names() {
        return ALL.stream().map(HostCheck::name).collect(Collectors.toUnmodifiableSet());
    }

    /** Runs all checks. */
    public List<CheckReport> runAll(HostExpectation expected) throws InterruptedException {
        return run(expected, _ -> true);
    }

    /**
     * Runs the checks that need not know the join. Only the join tells whether the host needs to resolve its own name: not
     * if it names the host's address.
     */
    public List<CheckReport> runBeforeJoin(HostExpectation expected) throws InterruptedException {
        return run(expected, check -> !check.name().equals(NetworkChecks.OWN_NAME));
    }

    /** Runs the checks of a join; uses the results of {@link #precompute} for expensive ones. */
    public List<CheckReport> runForJoin(HostExpectation expected) throws InterruptedException {
        List<CheckReport> outcomes =
                new ArrayList<>(run(expected, check -> !check.precomputable().test(expected)));
        precomputed.values().stream()
                .filter(seen -> seen.check().precomputable().test(expected))
                .forEach(outcomes::add);
        return outcomes;
    }

    /** Runs the checks that do not depend on a join, for later use. */
    public void precompute(HostExpectation expected) throws InterruptedException {
        run(expected, _ -> true).stream()
                .filter(checkReport -> checkReport.check().precomputable().test(expected))
                .forEach(checkReport -> precomputed.put(checkReport.check().name(), checkReport));
    }

    private List<CheckReport> run(HostExpectation expected, Predicate<HostCheck> wanted) throws InterruptedException {
        CheckContext host = new CheckContext(ports, probe, kubelet, serverTime, expected);
        List<HostCheck> checks = ALL.stream().filter(wanted).toList();
        List<CheckReport> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<CheckReport>> looks = new ArrayList<>();
            checks.forEach(check -> looks.add(() -> runCheck(check, host)));
            List<Future<CheckReport>> ended = threads.invokeAll(looks);
            for (int i = 0; i < ended.size(); i++) {
                outcomes.add(resultOf(checks.get(i), ended.get(i)));
            }
        }
        return outcomes;
    }

    private static CheckReport resultOf(HostCheck check, Future<CheckReport> look) {
        if (look.state() != Future.State.SUCCESS) {
            throw new IllegalStateException("the check " + check.name() + " met a defect", look.exceptionNow());
        }
        return look.resultNow();
    }

    private CheckReport runCheck(HostCheck check, CheckContext host) {
        boolean ignore = ignored.contains(check.name());
        try {
            return new CheckReport(check, check.probe().check(host), check.code(), ignore);
        } catch (HostException e) {
            ErrorCode code = e.problem().code();
            return new CheckReport(check, CheckResult.require(false, e.problem().detail()), code, ignore);
        }
    }
}
