package io.nodejoin.testbed.provision;

import io.nodejoin.protocol.Sha256;
import io.nodejoin.testbed.mount.OwnedDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Directories that are made once and never change: what they are made from is part of their name. One appears under its
 * name only when it is complete. Two programs, or two threads, that want the same one do not both make it.
 */
public record Cache(Path root) {
    private static final int DIGEST_SHOWN = 12;

    /** A file's lock belongs to the whole program, and refuses a second thread of it instead of making it wait. */
    private static final ConcurrentMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    /** The entry with this name, made by {@code make} in an empty directory if it is not there. */
    public Path entry(String name, Consumer<Path> make) {
        Path entry = root.resolve(name);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        ReentrantLock thread = THREADS.computeIfAbsent(entry.toAbsolutePath().normalize(), _ -> new ReentrantLock());
        thread.lock();
        try {
            makeAlone(entry, make);
            return entry;
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot fill the cache at " + root, cannotWrite);
        } finally {
            thread.unlock();
        }
    }

    private void makeAlone(Path entry, Consumer<Path> make) throws IOException {
        Files.createDirectories(root);
        Path lock = entry.resolveSibling(entry.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            if (!Files.isDirectory(entry)) {
                makeAside(entry, make);
            }
        }
        Files.deleteIfExists(lock);
    }

    private static void makeAside(Path entry, Consumer<Path> make) throws IOException {
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
        return Sha256.hex(texts.stream().map(text -> text + "\0").collect(Collectors.joining()))
                .substring(0, DIGEST_SHOWN);
    }
}
