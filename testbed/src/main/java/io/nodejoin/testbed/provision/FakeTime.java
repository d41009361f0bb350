package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Debian's libfaketime: a process with it has another time of day, and the monotonic clock of everybody else. Programs in Go do not
 * mind it.
 */
public record FakeTime(Path library) {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Path LIBRARIES = Path.of("/usr/lib");

    /** It is installed where it is missing and that can be done; empty if not. */
    public static Optional<FakeTime> obtain() {
        return find().or(() -> {
            if (Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
                Command.of(List.of("apt-get", "install", "-y", "-qq", "--no-install-recommends", "libfaketime"))
                        .withVariable("DEBIAN_FRONTEND", "noninteractive")
                        .withTimeout(TIMEOUT)
                        .run();
            }
            return find();
        });
    }

    /** The variables of a process that is ahead by this much, or behind. */
    public Map<String, String> environmentAheadBy(Duration by) {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME",
                (by.isNegative() ? "" : "+") + by.toSeconds() + "s",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // Its workaround for an old defect of glibc lets every timed wait of a JVM return immediately.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    private static Optional<FakeTime> find() {
        try (Stream<Path> architectures = Files.list(LIBRARIES)) {
            return architectures
                    .map(directory -> directory.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst()
                    .map(FakeTime::new);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot list " + LIBRARIES, unreadable);
        }
    }
}
