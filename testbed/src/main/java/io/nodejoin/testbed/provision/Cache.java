package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.mount.OwnedDirectory;
import io.nodejoin.testbed.preflight.Checksums;
import io.nodejoin.testbed.preflight.Durations;
import io.nodejoin.testbed.preflight.GoModule;
import io.nodejoin.testbed.process.InterProcessLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * Directories that are made once and never change: what they are made from is part of their name. One appears under its
 * name only when it is complete. Two programs, or two threads, that want the same one do not both make it.
 */
public record Cache(Path root, Progress progress) {
    private static final ConcurrentMap<Path, InterProcessLock> LOCKS = new ConcurrentHashMap<>();

    /** A cache that speaks to standard error. */
    public Cache(Path root) {
        this(root, Progress.onStandardError());
    }

    /** The entry with this name, made by {@code make} in an empty directory if it is not there. */
    public Path getOrCreate(String name, Consumer<Path> make) {
        Path entry = root.resolve(name);
        if (Files.isDirectory(entry)) {
            return whole(entry);
        }
        Path lock = root.resolve(name + ".lock").toAbsolutePath().normalize();
        return LOCKS.computeIfAbsent(lock, InterProcessLock::new)
                .withExclusiveLock(
                        () -> createOnce(entry, lock, make),
                        () -> progress.print("waiting for another program that is making " + name + " ..."));
    }

    /** The entry, refused if somebody has damaged it. */
    private static Path whole(Path entry) {
        Checksums checksums = new Checksums(entry);
        checksums.obstacle().ifPresent(obstacle -> {
            throw new IllegalStateException(obstacle);
        });
        return entry;
    }

    private Path createOnce(Path entry, Path lock, Consumer<Path> make) {
        try {
            if (!Files.isDirectory(entry)) {
                long begin = System.nanoTime();
                createAndMove(entry, make);
                durations().record(word(entry), Duration.ofNanos(System.nanoTime() - begin));
            }
            Files.deleteIfExists(lock);
            return entry;
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot fill the cache at " + root, cannotWrite);
        }
    }

    /** How long the entries took, by the first words of their names. */
    Durations durations() {
        return new Durations(root);
    }

    private static String word(Path entry) {
        return entry.getFileName().toString().split("-", 2)[0];
    }

    private static void createAndMove(Path entry, Consumer<Path> make) throws IOException {
        Path aside = entry.resolveSibling(entry.getFileName() + ".part");
        new OwnedDirectory(aside).delete();
        Files.createDirectories(aside);
        try {
            make.accept(aside);
        } catch (RuntimeException failed) {
            unmount(aside);
            throw failed;
        }
        Files.move(aside, entry, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What was made so far stays for whoever wants to know why it failed, but for mounts. */
    private static void unmount(Path aside) {
        // An interrupted thread could run no command.
        boolean interrupted = Thread.interrupted();
        new OwnedDirectory(aside).unmount();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A short digest of texts, for names of entries. */
    static String digest(List<String> texts) {
        return GoModule.digest(texts);
    }
}
