package io.nodejoin.testbed.full;

import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.preflight.Refusal;
import io.nodejoin.testbed.process.ShutdownInterrupt;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code testbed/full}. */
@Command(
        name = "full",
        mixinStandardHelpOptions = true,
        description = {
            "Runs every long check, part by part, in a clone of the last commit, and records the results in docs/results.",
            "A part that has passed on this commit is not run again, so an interrupted run continues where it was."
        },
        footer = {"", "Exit codes: 0 no part has failed, 1 one has, 2 usage, 3 nothing can be run now, 130 interrupted."
        })
public final class FullMain implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int INTERRUPTED = 130;

    private final PrintStream out = System.out;
    private final Clock clock = Clock.systemUTC();

    @Parameters(arity = "0..*", paramLabel = "PART", description = "Only these parts; --list names them.")
    private List<String> named = new ArrayList<>();

    @Option(names = "--list", description = "Lists the parts with their commands and last results; runs nothing.")
    private boolean list;

    @Option(names = "--seed", paramLabel = "N", description = "The seed of an earlier run, to repeat it.")
    private @Nullable Long seed;

    @Option(names = "--again", description = "Also runs the parts that have passed on this commit.")
    private boolean again;

    @Option(
            names = "--with",
            paramLabel = "ARGUMENT",
            description = "A further argument for the commands of the parts, to try them; then no result is recorded.")
    private List<String> more = new ArrayList<>();

    private FullMain() {}

    /** Runs and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command, to be called or looked at. */
    public static CommandLine commandLine() {
        return new CommandLine(new FullMain()).setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println("full: " + failure.getMessage());
            return FAILED;
        });
    }

    @Override
    public Integer call() throws Exception {
        WorkingCopy copy = new WorkingCopy(SourceTree.locate().root());
        ResultFiles files = new ResultFiles(copy.root().resolve(WorkingCopy.RESULTS));
        String commit = copy.commit();
        Results known = files.of(commit).orElseGet(() -> Results.none(commit, LocalDate.now(clock), Machine.here()));
        if (list) {
            out.print(PartList.text(Parts.ALL, known, files));
            return 0;
        }
        List<Part> parts = new Choice(named, again).of(Parts.ALL, known);
        if (copy.isDirty()) {
            System.err.println(
                    "full: there are changes that are not committed: commit them first, results are of a commit");
            return Refusal.CANNOT_RUN;
        }
        Workspace workspace =
                new Workspace(BedDirectories.userParent(System.getenv()).resolveSibling("full"));
        Optional<FileChannel> lock = workspace.lock();
        if (lock.isEmpty()) {
            System.err.println("full: another testbed/full runs");
            return Refusal.CANNOT_RUN;
        }
        try (FileChannel _ = lock.get()) {
            copy.cloneTo(workspace.copy());
            return run(parts, workspace, files, known);
        }
    }

    private int run(List<Part> parts, Workspace workspace, ResultFiles files, Results known) {
        long runSeed = seed == null ? ThreadLocalRandom.current().nextInt(1, 1_000_000) : seed;
        out.println("commit " + Results.shortened(known.commit()) + ", seed " + runSeed + ", " + parts.size() + " of "
                + Parts.ALL.size() + " parts");
        PartRunner runner = new PartRunner(workspace, clock, PartRunner.LIMIT);
        Results results = known;
        boolean hasFailed = false;
        try (var _ = ShutdownInterrupt.ofThisThread(() -> out.println("interrupted: the part ends first"))) {
            for (Part part : parts) {
                out.println(part.name() + ": log " + workspace.log(part));
                PartResult result = runner.run(part, runSeed, more);
                out.println(part.name() + ": " + PartList.told(result));
                hasFailed |= result.outcome() == Outcome.FAILED;
                results = results.with(part.name(), result);
                if (more.isEmpty()) {
                    files.write(results);
                }
            }
        } catch (InterruptedException _) {
            out.println("the next run continues with this part");
            return INTERRUPTED;
        }
        if (more.isEmpty()) {
            out.println(PartList.summary(Parts.ALL, results));
        }
        return hasFailed ? FAILED : 0;
    }
}
