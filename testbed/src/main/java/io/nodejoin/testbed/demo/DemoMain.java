package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.plan.BedMode;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.process.Interruption;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code ./demo}. Progress goes to standard error, the result to standard output. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Joins three machines to a real cluster from Kafka events: two become Ready, one fails on purpose"
                + " and is taken back. Exit code 0 only if all of it happened.")
public final class DemoMain implements Callable<Integer> {
    private static final int BROKEN_PROMISE = 1;
    private static final int CANNOT_RUN = 3;
    private static final int INTERRUPTED = 130;
    private static final BedSettings BED = BedSettings.named("demo");
    private static final ClusterName CLUSTER = new ClusterName("testbed");

    @Mixin
    private final DemoOptions options = new DemoOptions();

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
        int code = new CommandLine(demo)
                .setExecutionExceptionHandler((failure, _, _) -> demo.tell(failure))
                .execute(arguments);
        System.exit(code);
    }

    private int tell(Exception failure) {
        err.println("demo: " + failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            err.println("  because: " + cause.getMessage());
        }
        return BROKEN_PROMISE;
    }

    @Override
    public Integer call() throws IOException {
        Optional<Boolean> simulated = simulated();
        if (simulated.isEmpty()) {
            return CANNOT_RUN;
        }
        TestBed bed = TestBed.open(simulated.get() ? BED.withMode(BedMode.LOCAL) : BED);
        Optional<SoleRun> claim = SoleRun.claim(bed.directories().parent().resolve("demo.running"));
        if (claim.isEmpty()) {
            err.println("demo: another ./demo is running; wait until it has ended, or end it with Ctrl-C");
            return CANNOT_RUN;
        }
        Stage stage = simulated.get() ? new SimulatedStage(bed, CLUSTER) : new BootedStage(bed);
        try (SoleRun _ = claim.get();
                Interruption interruption = Interruption.ofThisThread(() -> err.println("interrupted"))) {
            return perform(stage, interruption);
        }
    }

    /** Plays, and takes everything down unless it was played to the end and shall be kept. */
    private int perform(Stage stage, Interruption interruption) throws IOException {
        int code;
        try {
            code = play(stage);
        } catch (IOException | RuntimeException failure) {
            takeDown(stage, interruption);
            if (interruption.came()) {
                return INTERRUPTED;
            }
            throw failure;
        }
        if (!options.keep()) {
            takeDown(stage, interruption);
        }
        return code;
    }

    private void takeDown(Stage stage, Interruption interruption) {
        err.println("taking everything down ...");
        interruption.clean(stage::close);
        err.println("everything is down");
    }

    /** Whether hosts are simulated, or empty, after saying why, if the demo cannot run at all. */
    private Optional<Boolean> simulated() {
        Optional<String> nothing = TestBed.unavailableReason(BedMode.LOCAL);
        if (nothing.isPresent()) {
            err.println("demo: " + nothing.get());
            return Optional.empty();
        }
        Optional<String> noHosts = options.simulated() ? Optional.empty() : TestBed.unavailableReason();
        noHosts.ifPresent(reason -> {
            err.println("No booted hosts here: " + reason + ".");
            err.println("Going on with simulated hosts; broker, Temporal and control plane stay real.");
        });
        return Optional.of(options.simulated() || noHosts.isPresent());
    }

    private int play(Stage stage) throws IOException {
        long begin = System.nanoTime();
        if (TestBed.existing(BED.name()).isPresent()) {
            err.println("clearing away what an earlier demo left running");
        }
        stage.up();
        SecureRandom random = new SecureRandom();
        List<HostWish> wishes = List.of(
                HostWish.of("demo-1", false, random),
                HostWish.of("demo-2", false, random),
                HostWish.of("demo-3", true, random));
        err.println("booting 3 hosts; the kubelet of demo-3 cannot start ...");
        DemoRun run = new DemoRun(stage, CLUSTER, new LiveView(err, terminal));
        var hosts = run.boot(wishes);
        err.printf("hosts: up; everything ready after %.1f s%n", (System.nanoTime() - begin) / 1e9);
        err.println("publishing 3 join requests to nodejoin.requests.v1");
        DemoResult result = run.join(wishes, hosts);
        return report(stage, wishes, result);
    }

    private int report(Stage stage, List<HostWish> wishes, DemoResult result) throws IOException {
        DemoReport report = new DemoReport(result);
        out.println("\n$ kubectl get nodes");
        out.print(stage.kubectl("get", "nodes"));
        out.println("\nSeconds from event to Ready, or to the end of a join that failed, and what each phase took:\n");
        out.print(report.times());
        out.println("\nLeft over:");
        out.print(report.left());
        if (options.json().isPresent()) {
            write(options.json().get(), report.json());
            err.println("result written to " + options.json().get());
        }
        List<String> broken = result.brokenPromises(wishes);
        broken.forEach(promise -> err.println("BROKEN PROMISE: " + promise));
        out.println(options.keep() ? "\nEverything is still running. Next:" : "\nNext:");
        stage.tryNext(options.keep()).forEach(command -> out.println("  " + command));
        out.flush();
        return broken.isEmpty() ? 0 : BROKEN_PROMISE;
    }

    private static void write(Path file, String text) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, text);
    }
}
