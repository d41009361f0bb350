package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.RequestSigner;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.preflight.Machine;
import io.nodejoin.testbed.preflight.Preflight;
import io.nodejoin.testbed.preflight.Refusal;
import io.nodejoin.testbed.preflight.ResultFile;
import io.nodejoin.testbed.process.InterProcessLock;
import io.nodejoin.testbed.process.ShutdownInterrupt;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.service.ServiceSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ./demo}. Progress goes to standard error, the result to standard output. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Joins three machines to a real cluster from Kafka events: two become Ready, one fails on purpose"
                + " and is taken back. Exit code 0 only if all of it happened.")
public final class DemoMain implements Callable<Integer> {
    private static final int BROKEN_PROMISE = 1;
    private static final int INTERRUPTED = 130;
    private static final BedSettings BED = BedSettings.named("demo");
    private static final ClusterName CLUSTER = new ClusterName("testbed");

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the result as JSON to this file.")
    private @Nullable Path json;

    @Option(names = "--keep", description = "Leave everything running at the end, and say how to use it.")
    private boolean keep;

    @Option(
            names = "--simulated",
            description =
                    "Use simulated hosts; this is what happens without root. Broker, Temporal and control plane stay real.")
    private boolean simulated;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    private DemoMain(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Runs the demo and ends the process with its exit code. */
    public static void main(String[] arguments) {
        boolean terminal = Boolean.getBoolean("nodejoin.terminal") && System.getenv("NO_COLOR") == null;
        DemoMain demo = new DemoMain(System.out, System.err, terminal);
        Preflight.pass(SourceTree.locate().root(), "demo", arguments);
        System.exit(commandLine(demo).execute(arguments));
    }

    /** The command, to be looked at. */
    public static CommandLine commandLine() {
        return commandLine(new DemoMain(System.out, System.err, false));
    }

    private static CommandLine commandLine(DemoMain demo) {
        return new CommandLine(demo).setExecutionExceptionHandler((failure, _, _) -> demo.printFailure(failure));
    }

    private int printFailure(Exception failure) {
        err.println("demo: " + failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            err.println("  because: " + cause.getMessage());
        }
        return BROKEN_PROMISE;
    }

    @Override
    public Integer call() throws IOException {
        Optional<Boolean> onSimulatedHosts = simulatesHosts();
        if (onSimulatedHosts.isEmpty()) {
            return Refusal.CANNOT_RUN;
        }
        TestBed bed = TestBed.open(onSimulatedHosts.get() ? BED.withMode(BedMode.LOCAL) : BED);
        // A second demo would remove the first one's bed.
        Optional<FileChannel> claim =
                InterProcessLock.tryHold(bed.directories().parent().resolve("demo.running"));
        if (claim.isEmpty()) {
            err.println("demo: another ./demo is running; wait until it has ended, or end it with Ctrl-C");
            return Refusal.CANNOT_RUN;
        }
        DemoHosts demoHosts = onSimulatedHosts.get() ? new SimulatedDemoHosts(bed, CLUSTER) : new BootedDemoHosts(bed);
        long begin = System.nanoTime();
        try (FileChannel _ = claim.get();
                ShutdownInterrupt shutdown = ShutdownInterrupt.ofThisThread(() -> err.println("interrupted"))) {
            int code = runAndTakeDown(bed, demoHosts, shutdown);
            if (code == 0) {
                bed.provisioner()
                        .durations()
                        .record(Machine.demo(bed.settings().mode()), Duration.ofNanos(System.nanoTime() - begin));
            }
            return code;
        }
    }

    /** Plays, and takes everything down unless it was played to the end and shall be kept. */
    private int runAndTakeDown(TestBed bed, DemoHosts demoHosts, ShutdownInterrupt shutdown) throws IOException {
        int code;
        try {
            code = runDemo(bed, demoHosts);
        } catch (IOException | RuntimeException failure) {
            takeDown(bed, demoHosts, shutdown);
            if (shutdown.isRequested()) {
                return INTERRUPTED;
            }
            throw failure;
        }
        if (!keep) {
            takeDown(bed, demoHosts, shutdown);
        }
        return code;
    }

    private void takeDown(TestBed bed, DemoHosts demoHosts, ShutdownInterrupt shutdown) {
        err.println("taking everything down ...");
        shutdown.cleanUp(() -> {
            demoHosts.close();
            bed.down();
        });
        err.println("everything is down");
    }

    /** Whether hosts are simulated, or empty, after saying why, if the demo cannot run at all. */
    private Optional<Boolean> simulatesHosts() {
        Optional<String> nothing = TestBed.unavailableReason(BedMode.LOCAL);
        if (nothing.isPresent()) {
            err.println("demo: " + nothing.get());
            return Optional.empty();
        }
        Optional<String> noHosts = simulated ? Optional.empty() : TestBed.unavailableReason();
        noHosts.ifPresent(reason -> {
            err.println("No booted hosts here: " + reason + ".");
            err.println("Going on with simulated hosts; broker, Temporal and control plane stay real.");
        });
        return Optional.of(simulated || noHosts.isPresent());
    }

    private int runDemo(TestBed bed, DemoHosts demoHosts) throws IOException {
        long begin = System.nanoTime();
        if (TestBed.findSettings(BED.name()).isPresent()) {
            err.println("clearing away what an earlier demo left running");
        }
        bed.down();
        bed.up();
        RequestSigner signer = RequestSigner.of(bed.directories());
        bed.startService(ServiceSettings.of(bed.settings())
                .withRequestKeys(bed.directories().requestKeys(), List.of()));
        err.println("watch it in a browser: " + bed.service().admin());
        SecureRandom random = new SecureRandom();
        List<HostFixture> wishes = List.of(
                HostFixture.create("demo-1", false, random),
                HostFixture.create("demo-2", false, random),
                HostFixture.create("demo-3", true, random));
        err.println("booting 3 hosts; the kubelet of demo-3 cannot start ...");
        DemoRun run = new DemoRun(bed, demoHosts, CLUSTER, signer, new LiveView(err, terminal));
        var hosts = run.boot(wishes);
        err.printf("hosts: up; everything ready after %.1f s%n", (System.nanoTime() - begin) / 1e9);
        err.println("publishing 3 signed join requests to nodejoin.requests.v1");
        DemoResult result = run.join(wishes, hosts);
        return report(bed, wishes, result);
    }

    private int report(TestBed bed, List<HostFixture> wishes, DemoResult result) throws IOException {
        DemoReport report = new DemoReport(result);
        out.println("\n$ kubectl get nodes");
        out.print(bed.controlPlane().kubectl("get", "nodes").run().orFail().output());
        out.println("\nSeconds from event to Ready, or to the end of a join that failed, and what each phase took:\n");
        out.print(report.times());
        out.println("\nWhere the time went, in seconds:\n");
        out.print(report.timelines());
        out.println("\nLeft over:");
        out.print(report.leftovers());
        if (json != null) {
            new ResultFile(json).write(report.json());
            err.println("result written to " + json);
        }
        List<String> broken = result.brokenPromises(wishes);
        broken.forEach(promise -> err.println("BROKEN PROMISE: " + promise));
        out.println(keep ? "\nEverything is still running. Next:" : "\nNext:");
        nextSteps(bed).forEach(command -> out.println("  " + command));
        out.flush();
        return broken.isEmpty() ? 0 : BROKEN_PROMISE;
    }

    private List<String> nextSteps(TestBed bed) {
        return keep
                ? List.of(
                        "open " + bed.service().admin() + " in a browser, and the page of a join:",
                        "  " + bed.service().admin().resolve("/joins/" + CLUSTER + "/demo-3"),
                        "testbed/testbed kubectl --bed " + BED.name() + " get nodes",
                        "eval \"$(testbed/testbed env --bed " + BED.name() + ")\" && ./nodejoin list --pool demo",
                        "testbed/testbed host shell --bed " + BED.name()
                                + " demo-1 -- touch /etc/nodejoin/enrollment-secret   # starts its agent",
                        "./nodejoin leave " + CLUSTER + "/demo-1 --wait",
                        "testbed/testbed down --bed " + BED.name())
                : List.of("./demo --keep", "testbed/testbed up", "testbed/testbed bench latency --pairs 3");
    }
}
