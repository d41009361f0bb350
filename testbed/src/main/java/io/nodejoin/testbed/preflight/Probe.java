package io.nodejoin.testbed.preflight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks a program something that it answers at once. */
final class Probe {
    private static final int LONGEST_SECONDS = 20;

    private Probe() {}

    /** What it prints, on standard error as well, or empty if it cannot be run, fails, or does not end. */
    static Optional<String> ask(List<String> arguments) {
        try {
            Path output = Files.createTempFile("nodejoin-probe", ".txt");
            try {
                Process process = new ProcessBuilder(arguments)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return Optional.empty();
                }
                return process.exitValue() == 0
                        ? Optional.of(Files.readString(output, StandardCharsets.ISO_8859_1))
                        : Optional.empty();
            } finally {
                Files.delete(output);
            }
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(
                    new java.io.InterruptedIOException("interrupted while '" + arguments.getFirst() + "' ran"));
        }
    }
}
