package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.activities.kubernetes.csr.ClientCsrPolicyBenchmark;
import io.nodejoin.testbed.cli.CommandOrder;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.config.TemporalStore;
import io.nodejoin.testbed.preflight.Preflight;
import io.nodejoin.testbed.preflight.ResultFile;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.service.ServiceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code testbed/testbed bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        description = "Measures Nodejoin, each time beside its peer or floor in the same run.")
public final class BenchMain {
    static final int FAILED = 1;

    private BenchMain() {}

    /** Runs one measurement and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Preflight.pass(SourceTree.locate().root(), "bench", arguments);
        System.exit(commandLine().execute(arguments));
    }

    /** The commands, to be called or looked at. */
    public static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new BenchMain());
        CommandOrder.arrange(
                commands, "agent", "latency", "waterfall", "storm", "hung", "intake", "approver", "flood", "crowd");
        commands.registerConverter(TemporalStore.class, TemporalStore::parse);
        return commands.setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println("bench: " + failure.getMessage());
            return FAILED;
        });
    }

    /** What the agent costs its host while it waits, beside Debian's node_exporter. */
    @Command(
            name = "agent",
            description = "Memory, start, idle CPU and size of the worker-agent, beside Debian's node_exporter.")
    int agent(
            @Mixin BenchBed benchBed,
            @Option(
                            names = "--starts",
                            paramLabel = "1..1000",
                            defaultValue = "10",
                            description = "How often the start is measured (default: ${DEFAULT-VALUE}).")
                    int starts,
            @Option(
                            names = "--idle-seconds",
                            paramLabel = "1..3600",
                            defaultValue = "60",
                            description = "For how long the waiting agent is watched (default: ${DEFAULT-VALUE}).")
                    int idleSeconds)
            throws Exception {
        return benchBed.measure(BedMode.NAMESPACES, bed -> {
            bed.upWithService();
            return new AgentBench(bed, System.err).run(starts, idleSeconds);
        });
    }

    /** Seconds from a Kafka record to a Ready node, beside kubeadm join and beside a bare kubelet. */
    @Command(
            name = "latency",
            description =
                    "Seconds to a Ready node: kubeadm join, a kubelet with its credential in place, and Nodejoin.")
    int latency(
            @Mixin BenchBed benchBed,
            @Option(
                            names = "--pairs",
                            paramLabel = "1..1000",
                            defaultValue = "10",
                            description = "How often each is measured after a first round (default: ${DEFAULT-VALUE}).")
                    int pairs)
            throws Exception {
        return benchBed.measure(BedMode.NAMESPACES, bed -> {
            bed.upWithService();
            return new LatencyBench(bed, System.err).run(pairs);
        });
    }

    /** Where the time of one join goes. */
    @Command(
            name = "waterfall",
            description = "One join through Nodejoin hop by hop, on a service that has served others before.")
    int waterfall(
            @Mixin BenchBed benchBed,
            @Option(
                            names = "--warm-ups",
                            paramLabel = "0..100",
                            defaultValue = "5",
                            description =
                                    "How many joins come before it; 0 is the first join after a start (default: ${DEFAULT-VALUE}).")
                    int warmUps,
            @Option(
                            names = "--with-reads",
                            description =
                                    "Also tell what is read from the API server, not only what is written; costs some time.")
                    boolean readsToo)
            throws Exception {
        return benchBed.measure(BedMode.NAMESPACES, bed -> {
            if (readsToo) {
                bed.up();
                bed.controlPlane().auditReads();
            }
            bed.upWithService();
            return new WaterfallBench(bed, System.err).run(warmUps, readsToo);
        });
    }

    /** How many hosts a service gets into its cluster when all come at once. */
    @Command(
            name = "storm",
            description =
                    "Joins a second of simulated hosts that are all requested at once, and of a client that only makes their API calls.")
    int storm(
            @Mixin BenchBed benchBed,
            @Option(
                            names = "--hosts",
                            paramLabel = "1..2000",
                            defaultValue = "100",
                            description = "How many (default: ${DEFAULT-VALUE}).")
                    int hosts,
            @Option(
                            names = "--runs",
                            paramLabel = "1..100",
                            defaultValue = "1",
                            description = "How often; the figures are medians (default: ${DEFAULT-VALUE}).")
                    int runs,
            @Option(
                            names = "--temporal",
                            paramLabel = "postgres|dev",
                            defaultValue = "postgres",
                            description =
                                    "A Temporal on PostgreSQL with 128 history shards, or its development server (default: ${DEFAULT-VALUE}).")
                    TemporalStore temporal,
            @Option(
                            names = "--beside-others",
                            description = "Measure although other beds run on this machine, whose load counts as well.")
                    boolean besideOthers)
            throws Exception {
        BedSettings settings = BenchBed.settings(BedMode.LOCAL).withTemporal(temporal);
        BenchBed.Measurement storms = bed -> {
            bed.upWithService();
            return new StormBench(bed, System.err).run(hosts, runs);
        };
        return besideOthers ? benchBed.measure(settings, storms) : benchBed.measureAlone(settings, storms);
    }

    /** What joins on a cluster notice of another one that does not answer. */
    @Command(
            name = "hung",
            description = "Seconds of joins on one cluster, alone and beside joins on one whose API server hangs.")
    int hung(
            @Mixin BenchBed benchBed,
            @Option(
                            names = "--hosts",
                            paramLabel = "1..100",
                            defaultValue = "20",
                            description = "How many join at once (default: ${DEFAULT-VALUE}).")
                    int hosts,
            @Option(
                            names = "--waiting",
                            paramLabel = "1..2000",
                            defaultValue = "200",
                            description = "How many are requested for the hung cluster (default: ${DEFAULT-VALUE}).")
                    int waiting,
            @Option(
                            names = "--rounds",
                            paramLabel = "1..100",
                            defaultValue = "3",
                            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
                    int rounds)
            throws Exception {
        return benchBed.measure(
                BedMode.LOCAL, bed -> new HungClusterBench(bed, System.err).run(hosts, waiting, rounds));
    }

    /** How many requests a second a service accepts, beside a closed loop of the same starts. */
    @Command(
            name = "intake",
            description = "Requests that a service accepts a second, beside a closed loop of workflow starts.")
    int intake(
            @Mixin BenchBed benchBed,
            @Option(
                            names = "--requests",
                            paramLabel = "1..100000",
                            defaultValue = "2000",
                            description = "How many (default: ${DEFAULT-VALUE}).")
                    int requests)
            throws Exception {
        return benchBed.measure(BedMode.LOCAL, bed -> {
            bed.upWithService();
            return new IntakeBench(bed, System.err).run(requests);
        });
    }

    /** How long the approver's rules take over one request, beside the check of its signature alone. */
    @Command(
            name = "approver",
            description = "Microseconds that the approver's rules take over one certificate request (JMH).")
    void approver(
            @Option(
                            names = "--json",
                            paramLabel = "FILE",
                            description = "Also write JMH's results as JSON to this file.")
                    @Nullable Path json)
            throws RunnerException, IOException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(ClientCsrPolicyBenchmark.class.getName())
                .jvmArgs("-Xmx256m", "-XX:+UseSerialGC");
        if (json != null) {
            new ResultFile(json).makeDirectories();
            options.resultFormat(ResultFormatType.JSON).result(json.toString());
        }
        new Runner(options.build()).run();
    }

    /** Seconds to an approved certificate while many joins wait, quiet and under a flood of one token. */
    @Command(
            name = "flood",
            description = "Seconds to an approval beside waiting joins: quiet, and while one token floods the cluster.")
    int flood(
            @Mixin BenchBed benchBed,
            @Option(
                            names = "--pending",
                            paramLabel = "1..10000",
                            defaultValue = "1000",
                            description = "Joins that wait for a request (default: ${DEFAULT-VALUE}).")
                    int pending,
            @Option(
                            names = "--junk",
                            paramLabel = "1..1000000",
                            defaultValue = "10000",
                            description = "Requests of the flooding token (default: ${DEFAULT-VALUE}).")
                    int junk,
            @Option(
                            names = "--rate",
                            paramLabel = "1..10000",
                            defaultValue = "500",
                            description = "How many of these a second (default: ${DEFAULT-VALUE}).")
                    int perSecond)
            throws Exception {
        return benchBed.measure(BedMode.LOCAL, bed -> {
            bed.up();
            Consumer<String> progress = System.err::println;
            try (CsrFloodBench bench = new CsrFloodBench(bed, progress)) {
                return bench.run(pending, junk, perSecond);
            }
        });
    }

    /** What a crowd of hosts that read cluster-info costs everybody else. */
    @Command(
            name = "crowd",
            description = "p95 of small API reads, alone and beside many anonymous reads of cluster-info.")
    int crowd(
            @Mixin BenchBed benchBed,
            @Option(
                            names = "--rate",
                            paramLabel = "1..10000",
                            defaultValue = "2000",
                            description = "Anonymous reads a second (${DEFAULT-VALUE}).")
                    int rate,
            @Option(
                            names = "--seconds",
                            paramLabel = "1..120",
                            defaultValue = "10",
                            description = "How long each measurement takes (${DEFAULT-VALUE}).")
                    int seconds,
            @Option(
                            names = "--rounds",
                            paramLabel = "1..100",
                            defaultValue = "3",
                            description = "How often each is taken (${DEFAULT-VALUE}).")
                    int rounds,
            @Option(
                            names = "--level",
                            paramLabel = "EXISTING-FILE",
                            description =
                                    "A priority level to try in place of the one that comes with Nodejoin, of the same name.")
                    @Nullable Path level)
            throws Exception {
        return benchBed.measure(BedMode.LOCAL, bed -> {
            AnonymousLoad.requireH2load();
            bed.up();
            bed.service().prepare(ServiceSettings.standard());
            try (KubernetesClient admin = Kubeconfig.connect(
                            Kubeconfig.read(bed.controlPlane().adminKubeconfig()));
                    var bench = new AnonymousLoadBench(bed, admin, rate, Duration.ofSeconds(seconds))) {
                if (level != null) {
                    bench.replacePriorityLevel(level);
                }
                return bench.run(rounds);
            }
        });
    }
}
