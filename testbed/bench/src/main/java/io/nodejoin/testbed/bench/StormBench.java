package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.client.OutcomeConsumer;
import io.nodejoin.testbed.client.OutcomeConsumer.ReceivedEvent;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;

/**
 * Many hosts that are requested at once, each time after a client that only makes the API calls of as many joins. The hosts are simulated, so
 * that the machine is busy with joins and not with kubelets.
 */
final class StormBench {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration PATIENCE_PER_HOST = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int REST_SECONDS = 10;
    private static final int SETTLE_SECONDS = 5;
    private static final int BOOTS_AT_A_TIME = 16;
    private static final int REPORT_EVERY = 10;
    private static final double LEAST_REQUESTS = 0.5;

    private final TestBed bed;
    private final PrintStream progress;
    /** A strong reference that keeps the level: java.util.logging references loggers only weakly. */
    private final Logger agentLog = Logger.getLogger("io.nodejoin.agent");

    private final SecureRandom random = new SecureRandom();

    StormBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
        agentLog.setLevel(Level.WARNING);
    }

    private record Clients(
            KubernetesClient admin, StraightLine line, JoinRequestProducer producer, JoinWorkflows workflows)
            implements AutoCloseable {
        @Override
        public void close() {
            line.close();
            producer.close();
            workflows.close();
        }
    }

    /** Runs so many measurements on a bed with a running service, after one join to warm up. Call it once. */
    StormResult run(int hosts, int runs) throws IOException, InterruptedException {
        List<StormRun> all = new ArrayList<>();
        try (KubernetesClient admin =
                Kubeconfig.connect(Kubeconfig.read(bed.directories().adminKubeconfig()))) {
            warmUp();
            try (var clients = new Clients(
                    admin,
                    new StraightLine(bed, admin),
                    new JoinRequestProducer(bed.kafka().bootstrapServers()),
                    new JoinWorkflows(bed.temporal().target()))) {
                for (int number = 1; number <= runs; number++) {
                    StormRun run = measure(clients, number, hosts);
                    report(number, runs, run);
                    all.add(run);
                }
            }
        }
        return new StormResult(temporal(), disk(), all);
    }

    /** Also creates cluster-info, unless it is there. */
    private void warmUp() {
        try (var simulated = simulatedHosts();
                var producer = new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            StormOutcomes outcomes = storm(boot(simulated, "warm-up", 1), producer);
            if (!outcomes.failed().isEmpty()) {
                throw new IllegalStateException("the first join fails: " + outcomes.failed());
            }
        }
    }

    private StormRun measure(Clients clients, int number, int hosts) throws InterruptedException {
        deleteNodes(clients);
        UsageMeter lineMeter = new UsageMeter(bed, clients.admin(), clients.line()::kubeletCalls);
        Usage idle = lineMeter.atRest(REST_SECONDS);
        Usage begin = lineMeter.begin();
        double perSecond = clients.line().run("line-" + number, hosts);
        var peer = new StormRun.Peer(perSecond, lineMeter.since(begin), hosts);
        progress.printf(Locale.ROOT, "straight-line client: %.2f joins a second%n", perSecond);
        clients.line().endKubelets();
        deleteNodes(clients);
        try (var simulated = simulatedHosts()) {
            List<HostFixture> fixtures = boot(simulated, "storm-" + number, hosts);
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            progress.printf("%d hosts run their agents%n", hosts);
            UsageMeter meter = new UsageMeter(bed, clients.admin(), simulated::kubeletCalls);
            Usage before = meter.begin();
            StormOutcomes outcomes = storm(fixtures, clients.producer());
            clients.workflows().awaitNoneRuns(CLOSE);
            Usage used = meter.since(before);
            progress.println("requests to the API server, of each join: "
                    + used.beyond(idle).times(1.0 / hosts).requests().mostFrequent(LEAST_REQUESTS));
            return StormRun.of(outcomes, used, history(clients.workflows(), outcomes), peer, idle);
        }
    }

    private SimulatedHosts simulatedHosts() {
        return new SimulatedHosts(bed, CLUSTER, bed.controlPlane().version());
    }

    /** Those of an earlier run, whose kubelets have ended. */
    private void deleteNodes(Clients clients) throws InterruptedException {
        var _ = clients.admin().nodes().delete();
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    }

    private List<HostFixture> boot(SimulatedHosts simulated, String name, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> HostFixture.create(name + "-" + number, false, random))
                .gather(Gatherers.mapConcurrent(BOOTS_AT_A_TIME, fixture -> {
                    var _ = simulated.bootForOneJoin(fixture.node(), fixture.secret());
                    return fixture;
                }))
                .toList();
    }

    /** Requests all of them and returns what has become of them once each join has ended, or after a limit. */
    private StormOutcomes storm(List<HostFixture> fixtures, JoinRequestProducer producer) {
        var outcomes = new StormOutcomes(fixtures.stream().map(StormBench::key).toList());
        Duration patience = PATIENCE.plus(PATIENCE_PER_HOST.multipliedBy(fixtures.size()));
        try (var events = new OutcomeConsumer(bed.kafka().bootstrapServers())) {
            Instant begin = Instant.now();
            var _ = Parallel.run(fixtures.stream()
                    .<Supplier<Instant>>map(fixture ->
                            () -> producer.send(fixture.joinRequest(CLUSTER, SimulatedHosts.ADDRESS), key(fixture)))
                    .toList());
            while (!outcomes.isComplete()) {
                if (Instant.now().isAfter(begin.plus(patience))) {
                    outcomes.abandon("has not ended after " + patience.toMinutes() + " min");
                }
                for (ReceivedEvent event : events.poll(POLL)) {
                    double seconds = Duration.between(begin, event.receivedAt()).toNanos() / 1e9;
                    if (outcomes.accept(event.key(), event.event(), seconds)) {
                        report(outcomes.succeeded().size(), seconds);
                    }
                }
            }
        }
        return outcomes;
    }

    private static StormHistory history(JoinWorkflows workflows, StormOutcomes outcomes) {
        return StormHistory.of(outcomes.succeeded().keySet().stream()
                .map(key -> new NodeName(key.substring(key.indexOf('/') + 1)))
                .map(node -> workflows.history(NodeJoinWorkflow.workflowId(CLUSTER, node)))
                .toList());
    }

    private static String key(HostFixture fixture) {
        return CLUSTER + "/" + fixture.node();
    }

    private String temporal() {
        return switch (bed.settings().temporal()) {
            case DEV -> "the development server with one history shard";
            case POSTGRES ->
                "one process on PostgreSQL with " + bed.temporalCluster().shards() + " history shards";
        };
    }

    /** The file system of the data of Temporal: PostgreSQL syncs it as in production, the development server leaves that to the kernel. */
    private String disk() throws IOException {
        FileStore store = Files.getFileStore(bed.directories().root());
        return store.type() + " of " + store.name();
    }

    private void report(int joined, double seconds) {
        if (joined % REPORT_EVERY == 0) {
            progress.printf(Locale.ROOT, "%d have joined after %.1f s%n", joined, seconds);
        }
    }

    private void report(int number, int runs, StormRun run) {
        progress.printf(
                Locale.ROOT,
                "run %d of %d: %.2f joins a second, ratio %.2f, %d failed, %d attempts wasted%n",
                number,
                runs,
                run.perSecond(),
                run.ratio(),
                run.failed().size(),
                run.wastedAttempts());
    }
}
