package io.nodejoin.testbed.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A long-running process of the bed. It outlives the program that started it and is found again by its files: NAME.pid
 * contains the pid alone, for people and scripts; NAME.identity contains the authoritative {@link ProcessIdentity}.
 *
 * <p>The process writes both files itself before it executes its program: a starter that is killed at any moment leaves
 * no process without a file. All methods are idempotent.
 */
public final class SupervisedProcess {
    private static final Duration REGISTER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);
    private static final int LOG_LINES = 15;
    /** Arguments: identity file, pid file, then the command. The name of this shell has no spaces, so stat splits well. */
    private static final String REGISTER_SCRIPT = """
            read -r boot </proc/sys/kernel/random/boot_id
            read -r stat </proc/$$/stat
            set -f; identity=$1; pidfile=$2; shift 2
            start=$(set -- $stat; shift 21; printf %s "$1")
            printf '%s %s %s\\n' "$$" "$start" "$boot" >"$identity.part" && mv "$identity.part" "$identity" || exit 70
            printf '%s\\n' "$$" >"$pidfile.part" && mv "$pidfile.part" "$pidfile" || exit 70
            exec "$@"
            """;

    private final String name;
    private final Path runDirectory;
    private final Path log;

    /**
     * Refers to a process with this name; nothing is started.
     *
     * @param runDirectory the directory of the pid files
     */
    public SupervisedProcess(String name, Path runDirectory, Path logDirectory) {
        this.name = name;
        this.runDirectory = runDirectory;
        this.log = logDirectory.resolve(name + ".log");
    }

    public String name() {
        return name;
    }

    public Path pidFile() {
        return runDirectory.resolve(name + ".pid");
    }

    public Path log() {
        return log;
    }

    /** The process if it runs. */
    public Optional<ProcessIdentity> identity() {
        try {
            return ProcessIdentity.parse(Files.readString(identityFile())).filter(ProcessIdentity::isAlive);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    public boolean isRunning() {
        return identity().isPresent();
    }

    /** Starts it unless it runs. Its output is appended to the log. Returns once its identity is on disk. */
    public void start(LaunchSpec launch) {
        if (isRunning()) {
            return;
        }
        try {
            Files.createDirectories(runDirectory);
            Files.createDirectories(log.getParent());
            deleteStateFiles();
            // A session of its own: the terminal's Ctrl-C is for the command, not for the bed.
            List<String> arguments = new ArrayList<>(List.of("setsid", "sh", "-c", REGISTER_SCRIPT, "sh"));
            arguments.add(identityFile().toString());
            arguments.add(pidFile().toString());
            arguments.addAll(launch.arguments());
            ProcessBuilder builder = new ProcessBuilder(arguments)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(launch.environment());
            Process process = builder.start();
            if (!Await.until(REGISTER_TIMEOUT, () -> Files.exists(pidFile()) || !process.isAlive())) {
                process.destroyForcibly();
            }
        } catch (IOException cannotStart) {
            throw new UncheckedIOException("cannot start " + name, cannotStart);
        }
    }

    /**
     * Waits until the process responds; throws with the end of its log if it exits before, or does not respond in time.
     */
    public void awaitReady(Duration limit, BooleanSupplier ready) {
        awaitReady(limit, ready, () -> "");
    }

    /**
     * As {@link #awaitReady(Duration, BooleanSupplier)}, for a process that can report why it is not ready.
     *
     * @param obstacle for people, in lines of its own
     */
    public void awaitReady(Duration limit, BooleanSupplier ready, Supplier<String> obstacle) {
        boolean came = Await.until(limit, () -> ready.getAsBoolean() || !isRunning());
        if (!isRunning()) {
            throw new IllegalStateException(name + " ended while starting." + lastLines());
        }
        if (!came) {
            throw new IllegalStateException(
                    name + " was not ready after " + limit.toSeconds() + " s." + lastLines() + obstacle.get());
        }
    }

    /** Sends SIGTERM, and SIGKILL after the grace period; returns when the process is gone. */
    public void stop(Duration grace) {
        identity().ifPresent(process -> {
            signal(process, "TERM");
            if (!Await.until(grace, () -> !process.isAlive())) {
                kill();
            }
        });
        deleteStateFiles();
    }

    /** Sends SIGKILL, and returns when the process is gone. */
    public void kill() {
        identity().ifPresent(process -> {
            signal(process, "KILL");
            if (!Await.until(KILL_TIMEOUT, () -> !process.isAlive())) {
                throw new IllegalStateException(name + " (pid " + process.pid() + ") does not end");
            }
        });
        deleteStateFiles();
    }

    /** Sends SIGSTOP: it keeps its connections and responds to nothing until {@link #resume()}. */
    public void pause() {
        identity().ifPresent(process -> signal(process, "STOP"));
    }

    public void resume() {
        identity().ifPresent(process -> signal(process, "CONT"));
    }

    /** Returns the end of its log as an indented paragraph, for a message. */
    public String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
            List<String> end = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
            return " The end of " + log + ":\n  " + String.join("\n  ", end);
        } catch (IOException _) {
            return " It wrote no log at " + log + ".";
        }
    }

    private static void signal(ProcessIdentity process, String signal) {
        Command.of("kill", "-" + signal, Long.toString(process.pid())).run();
    }

    private void deleteStateFiles() {
        try {
            Files.deleteIfExists(pidFile());
            Files.deleteIfExists(identityFile());
        } catch (IOException cannotDelete) {
            throw new UncheckedIOException("cannot delete the pid files of " + name, cannotDelete);
        }
    }

    private Path identityFile() {
        return runDirectory.resolve(name + ".identity");
    }
}
