package io.nodejoin.testbed.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The number of inotify instances that one user may have on this machine. Every systemd takes some, so that more than
 * ten hosts need more than the usual 128. The first bed raises it, the last one puts the old value back.
 */
public final class InotifyLimit {
    private static final int WANTED = 4096;

    private final Path limit;
    private final Path before;
    private final Path holders;

    /**
     * The limit of this machine.
     *
     * @param parent the directory of all beds
     */
    public InotifyLimit(Path parent) {
        this(parent, Path.of("/proc/sys/fs/inotify/max_user_instances"));
    }

    InotifyLimit(Path parent, Path limit) {
        this.limit = limit;
        this.before = parent.resolve("inotify/before");
        this.holders = parent.resolve("inotify/beds");
    }

    /** Raises the limit for this bed. Idempotent. */
    public synchronized void acquire(String bed) {
        try {
            Files.createDirectories(holders);
            int now = value();
            if (now < WANTED) {
                if (!Files.exists(before)) {
                    Files.writeString(before, Integer.toString(now));
                }
                Files.writeString(limit, Integer.toString(WANTED));
            }
            Files.writeString(holders.resolve(bed), "");
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot raise " + limit, refused);
        }
    }

    /** Releases this bed's request, and with the last one restores the limit. Idempotent. */
    public synchronized void release(String bed) {
        try {
            Files.deleteIfExists(holders.resolve(bed));
            if (Files.exists(before) && isUnused()) {
                Files.writeString(limit, Files.readString(before));
                Files.delete(before);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot restore " + limit, refused);
        }
    }

    /**
     * Returns the current limit. Reads it in one call: the kernel serves only the first read of such a file, and
     * {@link Files#readString(Path)} starts with a read of one byte.
     */
    int value() throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(limit)) {
            String line = reader.readLine();
            if (line == null) {
                throw new IOException(limit + " is empty");
            }
            return Integer.parseInt(line.strip());
        }
    }

    private boolean isUnused() throws IOException {
        try (Stream<Path> beds = Files.list(holders)) {
            return beds.findAny().isEmpty();
        }
    }
}
