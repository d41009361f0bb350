package io.nodejoin.testbed.full;

import com.fasterxml.jackson.databind.JsonNode;
import io.nodejoin.testbed.full.TestReports.TestCounts;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.process.Command;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a part's command and judges what it leaves. */
final class PartRunner {
    /** A part that takes longer is to be divided. */
    static final Duration LIMIT = Duration.ofMinutes(60);

    private static final Duration TAKES_DOWN_ITS_BED = Duration.ofMinutes(5);

    private final Workspace workspace;
    private final InstantSource clock;
    private final Duration limit;

    PartRunner(Workspace workspace, InstantSource clock, Duration limit) {
        this.workspace = workspace;
        this.clock = clock;
        this.limit = limit;
    }

    /** How a command ended: without an exit code if it had to be ended. */
    private record End(@Nullable Integer exitCode, long seconds) {}

    /**
     * Runs it to its end, which an interrupt brings about as well.
     *
     * @param more arguments that its command gets besides its own
     */
    PartResult run(Part part, long seed, List<String> more) throws InterruptedException {
        Optional<String> obstacle = part.obstacle();
        if (obstacle.isPresent()) {
            return PartResult.skipped(now(), obstacle.get());
        }
        Path log = workspace.begin(part);
        FileTime begin = modified(log);
        End end = execute(arguments(part, seed, more), log.toFile());
        try {
            return judged(part, seed, end, begin);
        } finally {
            workspace.clear();
        }
    }

    private List<String> arguments(Part part, long seed, List<String> more) {
        List<String> arguments = new ArrayList<>();
        for (String argument : part.command()) {
            arguments.add(argument.replace(Part.SEED, Long.toString(seed))
                    .replace(Part.JSON, workspace.json().toString())
                    .replace(Part.DIRECTORY, workspace.directory().toString()));
        }
        arguments.addAll(more);
        return arguments;
    }

    /** In a session of its own, so that a Ctrl-C comes to it once, from here. */
    private End execute(List<String> arguments, File log) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(arguments);
        long begin = System.nanoTime();
        Process process = start(command, log);
        boolean hasEnded = false;
        try {
            hasEnded = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!hasEnded) {
                end(process);
            }
        }
        return new End(
                hasEnded ? process.exitValue() : null, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
    }

    private Process start(List<String> command, File log) {
        try {
            return new ProcessBuilder(command)
                    .directory(workspace.copy().toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(log)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        }
    }

    private static void end(Process process) {
        signal(process, "TERM");
        if (!Await.until(TAKES_DOWN_ITS_BED, () -> !process.isAlive())) {
            signal(process, "KILL");
        }
    }

    /** To all that it has started, but for what has made a session of its own; to it alone if it has not come to that yet. */
    private static void signal(Process process, String signal) {
        if (!Command.of("kill", "-" + signal, "--", "-" + process.pid()).run().succeeded()) {
            process.destroy();
        }
    }

    private PartResult judged(Part part, long seed, End end, FileTime begin) {
        List<String> reasons = new ArrayList<>();
        Integer exitCode = end.exitCode();
        if (exitCode == null) {
            reasons.add("took longer than " + limit.toMinutes() + " minutes");
        } else if (exitCode != 0) {
            reasons.add("exit code " + exitCode);
        }
        TestCounts tests = part.evidence() == Evidence.TESTS
                ? TestReports.since(begin, List.of(workspace.copy(), workspace.directory()))
                : null;
        if (tests != null && tests.failed() > 0) {
            reasons.add(tests.failed() + " tests failed");
        }
        if (tests != null && tests.run() == 0) {
            reasons.add("no test has run");
        }
        Optional<JsonNode> json = part.evidence().isJson() ? figures() : Optional.empty();
        if (part.evidence().isJson() && json.isEmpty()) {
            reasons.add("no figures were written");
        }
        json.ifPresent(file -> reasons.addAll(part.evidence().failures(file)));
        return new PartResult(
                reasons.isEmpty() ? Outcome.PASSED : Outcome.FAILED,
                now(),
                end.seconds(),
                part.usesSeed() ? seed : null,
                exitCode,
                tests,
                json.map(part.evidence()::figures).orElse(null),
                reasons,
                null,
                null);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private Optional<JsonNode> figures() {
        try {
            return Files.exists(workspace.json())
                    ? Optional.of(ResultFiles.JSON.readTree(workspace.json().toFile()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + workspace.json(), e);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot ask for the time of " + file, e);
        }
    }
}
