package io.nodejoin.testbed.chaos;

import io.nodejoin.activities.RootCause;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.preflight.Preflight;
import io.nodejoin.testbed.preflight.Refusal;
import io.nodejoin.testbed.preflight.ResultFile;
import io.nodejoin.testbed.process.ShutdownInterrupt;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code testbed/testbed chaos}. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = "Kills what joins need, and checks from outside that nothing is lost and nothing is left behind.",
        footer = {"", "Exit codes: 0 every promise held, 1 one was broken, 2 usage, 3 no bed can be raised here."})
public final class ChaosMain implements Callable<Integer> {
    private static final int BROKEN = 1;

    /** Held for as long as its level counts: the java.util.logging registry keeps loggers only weakly. */
    private final Logger agentLog = Logger.getLogger("io.nodejoin.agent");

    @Option(names = "--long", description = "Every cell of every experiment, instead of one cut of each step.")
    private boolean longRun;

    @Option(names = "--seed", paramLabel = "SEED", description = "Draws the lots of an earlier run again.")
    private @Nullable Long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the findings as JSON to this file.")
    private @Nullable Path json;

    @Option(
            names = "--only",
            paramLabel = "EXPERIMENT",
            completionCandidates = Names.class,
            description = "Only this experiment; may be repeated: ${COMPLETION-CANDIDATES}.")
    private @Nullable List<String> only;

    private ChaosMain() {}

    /** Runs and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Preflight.pass(SourceTree.locate().root(), "chaos", arguments);
        System.exit(commandLine().execute(arguments));
    }

    /** What {@code --only} knows. */
    public static List<String> experiments() {
        return Chaos.names();
    }

    /** The command, to be called or looked at. */
    public static CommandLine commandLine() {
        return new CommandLine(new ChaosMain()).setExecutionExceptionHandler((failure, command, _) -> {
            Throwable root = RootCause.find(failure);
            String why = root.equals(failure) ? "" : ": " + root;
            command.getErr().println("chaos: " + failure.getMessage() + why);
            return BROKEN;
        });
    }

    @Override
    public Integer call() throws Exception {
        List<String> names = only == null ? Chaos.names() : only;
        Optional<String> obstacle = TestBed.unavailableReason(BedMode.LOCAL);
        if (obstacle.isPresent()) {
            System.err.println("chaos: " + obstacle.get());
            return Refusal.CANNOT_RUN;
        }
        // On a real host this log goes to the journal, and here it would be full of what is killed on purpose.
        agentLog.setLevel(Level.OFF);
        Scale scale = new Scale(longRun, seed == null ? new SecureRandom().nextLong() : seed);
        System.err.println("seed " + scale.seed());
        List<Findings> told = new ArrayList<>();
        run(Chaos.select(names, false), scale, ChaosBed::raise, told);
        run(Chaos.select(names, true), scale, ChaosBed::raiseWide, told);
        return told.stream().allMatch(found -> found.failures().isEmpty()) ? 0 : BROKEN;
    }

    private void run(List<String> names, Scale scale, Supplier<ChaosBed> raise, List<Findings> told) throws Exception {
        if (names.isEmpty()) {
            return;
        }
        try (var shutdown = ShutdownInterrupt.ofThisThread(() -> System.err.println("interrupted"))) {
            ChaosBed bed = raise.get();
            try {
                Chaos.run(names, bed, scale, found -> report(scale, told, found));
            } catch (RuntimeException e) {
                System.err.print(bed.testBed().diagnostics());
                throw e;
            } finally {
                shutdown.cleanUp(bed::close);
            }
        }
    }

    /** The file has what is known so far, should the next experiment not end. */
    private void report(Scale scale, List<Findings> told, Findings found) {
        System.out.print(ChaosReport.text(found));
        told.add(found);
        if (json != null) {
            try {
                new ResultFile(json).write(ChaosReport.json(scale, told));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The experiments, for help and completion. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Chaos.names().iterator();
        }
    }
}
