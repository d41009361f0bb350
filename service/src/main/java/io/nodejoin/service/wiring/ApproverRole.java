package io.nodejoin.service.wiring;

import io.nodejoin.activities.kubernetes.csr.OrphanedCsrMonitor;
import io.nodejoin.activities.kubernetes.csr.ServingCsrWatcher;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.service.collector.PeriodicTasks;
import io.nodejoin.service.config.ClusterConfig;
import io.nodejoin.service.health.ClusterProbe;
import io.nodejoin.service.health.Readiness;
import io.nodejoin.service.worker.PolledQueue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The decisions on certificate requests. */
final class ApproverRole implements RoleParts {
    private static final Duration SERVING_RETRY_DELAY = Duration.ofSeconds(10);
    private static final Duration ORPHAN_INTERVAL = Duration.ofSeconds(10);

    private final ProcessContext process;
    private final ClusterAccess clusters;
    private final ServingCsrWatcher servingCsrWatcher;
    private final PeriodicTasks orphans;

    ApproverRole(ProcessContext process, ClusterAccess clusters) {
        this.process = process;
        this.clusters = clusters;
        Set<ClusterName> names = process.config().clusters().keySet();
        this.servingCsrWatcher = new ServingCsrWatcher(
                clusters.clients(),
                names,
                process.audit(),
                decision -> process.count("nodejoin_serving_certificates", "decision", decision),
                clusters.csrEvents(),
                SERVING_RETRY_DELAY);
        this.orphans = new PeriodicTasks(
                names.stream().map(this::monitoring).toList(), RandomGenerator.getDefault()::nextDouble);
    }

    private PeriodicTasks.Task monitoring(ClusterName name) {
        OrphanedCsrMonitor monitor =
                new OrphanedCsrMonitor(name, clusters.certificates(), () -> issuedTokens(name), _ -> {});
        return new PeriodicTasks.Task("denial of orphaned requests of " + name, ORPHAN_INTERVAL, monitor::run);
    }

    private Set<TokenId> issuedTokens(ClusterName name) {
        return new TokenLedger(clusters.clients().client(name))
                .list(name).stream().map(entry -> entry.token().tokenId()).collect(Collectors.toSet());
    }

    @Override
    public List<Lifecycle.Part> background() {
        return List.of(
                new Lifecycle.Part("serving CSR watcher", servingCsrWatcher::start, servingCsrWatcher::stop),
                new Lifecycle.Part("denial of orphaned CSRs", orphans::start, orphans::stop));
    }

    @Override
    public List<Lifecycle.Part> entrances() {
        return List.of(new Lifecycle.Part("warm-up of CSRs", WarmUp::readCsr, () -> {}));
    }

    @Override
    public Map<String, Readiness.Probe> probes() {
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        process.config()
                .clusters()
                .forEach((name, cluster) -> probes.put(
                        "cluster " + name,
                        new ClusterProbe(name, false, () -> reachAndWatch(name, cluster), List::of, process.clock())));
        return probes;
    }

    private @Nullable String reachAndWatch(ClusterName name, ClusterConfig cluster) {
        String unreachable = clusters.unreachableReason(name, cluster);
        if (unreachable == null) {
            clusters.certificates().startWatch(name);
        }
        return unreachable;
    }

    @Override
    public List<PolledQueue> queues() {
        return List.of(PolledQueue.approvals(List.of(clusters.certificates(), clusters.serving())));
    }
}
