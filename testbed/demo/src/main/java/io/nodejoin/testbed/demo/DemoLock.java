package io.nodejoin.testbed.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Allows one demo at a time, since a second one would remove the first one's bed. */
final class DemoLock implements AutoCloseable {
    private final FileChannel channel;

    private DemoLock(FileChannel channel) {
        this.channel = channel;
    }

    /** The right to play, or empty while another program has it. The kernel takes it back from a program that dies. */
    static Optional<DemoLock> tryAcquire(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel)) {
                return Optional.of(new DemoLock(channel));
            }
            channel.close();
            return Optional.empty();
        } catch (IOException cannotLock) {
            throw new UncheckedIOException("cannot lock " + file, cannotLock);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException cannotUnlock) {
            throw new UncheckedIOException("cannot unlock", cannotUnlock);
        }
    }
}
