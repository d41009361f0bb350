package io.nodejoin.testbed.preflight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How long things took on this machine, the last time each.
 *
 * @param cache the user's cache directory for Nodejoin
 */
public record Durations(Path cache) {

    /** Remembers one; a cache that cannot be written to remembers nothing. */
    public void record(String what, Duration taken) {
        try {
            Files.createDirectories(file(what).getParent());
            Files.writeString(file(what), Long.toString(taken.toSeconds()));
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot write to " + cache, cannotWrite);
        }
    }

    /** What was remembered, or else this. */
    Duration of(String what, Duration otherwise) {
        try {
            return Duration.ofSeconds(
                    Long.parseLong(Files.readString(file(what)).strip()));
        } catch (IOException | NumberFormatException _) {
            return otherwise;
        }
    }

    private Path file(String what) {
        return cache.resolve("durations").resolve(what);
    }
}
