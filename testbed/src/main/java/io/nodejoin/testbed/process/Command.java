package io.nodejoin.testbed.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs to its end: an argument list, never a shell line.
 *
 * <p>It is killed with its descendants at the timeout, or if the calling thread is interrupted. The first megabyte each
 * of standard output and standard error is kept.
 */
public record Command(
        List<String> arguments,
        Map<String, String> environment,
        @Nullable Path directory,
        String input,
        Duration timeout) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
    private static final int MAX_OUTPUT_CHARS = 1 << 20;

    /** The exit code of a command that ran out of time, as coreutils' timeout reports it. */
    public static final int TIMED_OUT = 124;

    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    public static Command of(List<String> arguments) {
        return new Command(arguments, Map.of(), null, "", DEFAULT_TIMEOUT);
    }

    public static Command of(String... arguments) {
        return of(List.of(arguments));
    }

    public Command withTimeout(Duration limit) {
        return new Command(arguments, environment, directory, input, limit);
    }

    public Command inDirectory(Path workingDirectory) {
        return new Command(arguments, environment, workingDirectory, input, timeout);
    }

    public Command withVariable(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Command(arguments, more, directory, input, timeout);
    }

    public Command withInput(String text) {
        return new Command(arguments, environment, directory, text, timeout);
    }

    /** Runs it; any exit code is a result, {@link #TIMED_OUT} included. */
    public CommandResult run() {
        try {
            Process process = builder().start();
            try {
                return await(process);
            } finally {
                endWithDescendants(process);
            }
        } catch (IOException cannotStart) {
            throw new UncheckedIOException("cannot run '" + arguments.getFirst() + "'", cannotStart);
        }
    }

    /** Runs it on this process's own terminal, without a time limit, and returns the exit code. */
    public int runAttached() {
        try {
            return builder().inheritIO().start().waitFor();
        } catch (IOException cannotStart) {
            throw new UncheckedIOException("cannot run '" + arguments.getFirst() + "'", cannotStart);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return TIMED_OUT;
        }
    }

    private ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(arguments);
        builder.environment().putAll(environment);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        return builder;
    }

    private CommandResult await(Process process) throws IOException {
        FutureTask<String> output = reading(process.getInputStream());
        FutureTask<String> error = reading(process.getErrorStream());
        feed(process);
        try {
            boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            endWithDescendants(process);
            int code = ended ? process.exitValue() : TIMED_OUT;
            String late = ended ? "" : "\nran longer than " + timeout.toSeconds() + " s and was ended";
            return new CommandResult(
                    arguments, code, output.get(5, TimeUnit.SECONDS), error.get(5, TimeUnit.SECONDS) + late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while '" + arguments.getFirst() + "' ran", interrupted);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException unread) {
            throw new IOException("cannot read what '" + arguments.getFirst() + "' says", unread);
        }
    }

    private void feed(Process process) throws IOException {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException closed) {
            if (process.isAlive() && !input.isEmpty()) {
                throw closed;
            }
        }
    }

    private static void endWithDescendants(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static FutureTask<String> reading(InputStream stream) {
        FutureTask<String> task = new FutureTask<>(() -> keepFirst(stream));
        Thread.ofVirtual().start(task);
        return task;
    }

    private static String keepFirst(InputStream stream) throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
            kept.write(buffer, 0, Math.min(read, MAX_OUTPUT_CHARS - kept.size()));
        }
        return kept.toString(StandardCharsets.UTF_8);
    }
}
