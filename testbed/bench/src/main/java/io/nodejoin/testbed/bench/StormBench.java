package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Many hosts that are requested at once, each time after a client that only makes the API calls of as many joins. The hosts are simulated, so
 * that the machine is busy with joins and not with kubelets.
 */
final class StormBench {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final Duration CLOSE = Duration.ofSeconds(30);
    private static final int REST_SECONDS = 10;
    private static final int SETTLE_SECONDS = 5;
    private static final double LEAST_REQUESTS = 0.5;

    private final TestBed bed;
    private final PrintStream progress;
    /** A strong reference that keeps the level: java.util.logging references loggers only weakly. */
    private final Logger agentLog = Logger.getLogger("io.nodejoin.agent");

    private final Storm storm;

    StormBench(TestBed bed, PrintStream progress) {
        this.bed = bed;
        this.progress = progress;
        this.storm = new Storm(bed, CLUSTER, progress);
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
            storm.warmUp();
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
        try (var simulated = storm.simulatedHosts()) {
            List<HostFixture> fixtures = storm.boot(simulated, "storm-" + number, hosts);
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            progress.printf("%d hosts run their agents%n", hosts);
            UsageMeter meter = new UsageMeter(bed, clients.admin(), simulated::kubeletCalls);
            Usage before = meter.begin();
            StormOutcomes outcomes = storm.run(fixtures, clients.producer());
            clients.workflows().awaitNoneRuns(CLOSE);
            Usage used = meter.since(before);
            progress.println("requests to the API server, of each join: "
                    + used.beyond(idle).times(1.0 / hosts).requests().mostFrequent(LEAST_REQUESTS));
            return StormRun.of(outcomes, used, history(clients.workflows(), outcomes), peer, idle);
        }
    }

    /** Those of an earlier run, whose kubelets have ended. */
    private void deleteNodes(Clients clients) throws InterruptedException {
        var _ = clients.admin().nodes().delete();
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    }

    private static StormHistory history(JoinWorkflows workflows, StormOutcomes outcomes) {
        return StormHistory.of(outcomes.succeeded().keySet().stream()
                .map(key -> new NodeName(key.substring(key.indexOf('/') + 1)))
                .map(node -> workflows.history(NodeJoinWorkflow.workflowId(CLUSTER, node)))
                .toList());
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
