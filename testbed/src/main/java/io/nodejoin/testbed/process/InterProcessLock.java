package io.nodejoin.testbed.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread of one program at a time build something up or tear it down, and many use it while they hold the lock
 * shared. The kernel drops the lock of a program that dies. Threads of one program must use the same object, since the lock
 * of a file is the whole program's.
 */
public final class InterProcessLock {
    private final Path file;
    private final ReentrantReadWriteLock threads = new ReentrantReadWriteLock();
    private final Object sharing = new Object();
    private int sharers;
    private @Nullable FileChannel shared;

    public InterProcessLock(Path file) {
        this.file = file;
    }

    /** Runs the action while no other program holds the lock in any way. Threads of this program queue. */
    public <T> T withExclusiveLock(Supplier<T> action) {
        return withExclusiveLock(action, () -> {});
    }

    /** The same, and tells when another program has to be waited for. */
    public <T> T withExclusiveLock(Supplier<T> action, Runnable waiting) {
        threads.writeLock().lock();
        try (FileChannel channel = open();
                FileLock _ = lock(channel, waiting)) {
            return action.get();
        } catch (IOException cannotLock) {
            throw new UncheckedIOException("cannot lock " + file, cannotLock);
        } finally {
            threads.writeLock().unlock();
        }
    }

    /** Runs the action while no program holds the lock exclusively. */
    public <T> T withSharedLock(Supplier<T> action) {
        threads.readLock().lock();
        try {
            return withFileLock(action);
        } finally {
            threads.readLock().unlock();
        }
    }

    private <T> T withFileLock(Supplier<T> action) {
        enter();
        try {
            return action.get();
        } finally {
            leave();
        }
    }

    /** A file lock belongs to the whole program: the first thread takes it, the last one gives it back. */
    private void enter() {
        synchronized (sharing) {
            if (sharers == 0) {
                shared = lockShared();
            }
            sharers++;
        }
    }

    private void leave() {
        synchronized (sharing) {
            sharers--;
            FileChannel channel = shared;
            if (sharers == 0 && channel != null) {
                shared = null;
                close(channel);
            }
        }
    }

    private static FileLock lock(FileChannel channel, Runnable waiting) throws IOException {
        FileLock free = channel.tryLock();
        if (free != null) {
            return free;
        }
        waiting.run();
        return channel.lock();
    }

    private FileChannel lockShared() {
        try {
            FileChannel channel = open();
            channel.lock(0, Long.MAX_VALUE, true);
            return channel;
        } catch (IOException cannotLock) {
            throw new UncheckedIOException("cannot lock " + file, cannotLock);
        }
    }

    private FileChannel open() throws IOException {
        Files.createDirectories(file.getParent());
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException cannotClose) {
            throw new UncheckedIOException("cannot unlock", cannotClose);
        }
    }
}
