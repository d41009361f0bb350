package io.nodejoin.testbed.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Looks again and again at all files below some directories and keeps whatever has ever been in them. */
final class FileRecorder implements AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private final List<Path> roots = new CopyOnWriteArrayList<>();
    private final Map<Path, String> stamps = new ConcurrentHashMap<>();
    private final Set<FileVersion> sightings = ConcurrentHashMap.newKeySet();
    private final PollingThread glances = new PollingThread(POLL_INTERVAL, this::scan);

    /**
     * One state of one file.
     *
     * @param file below the directory that is watched
     * @param mode as {@code ls} shows it
     * @param content one character for each byte
     */
    record FileVersion(Path root, Path file, String mode, String content) {
        byte[] bytes() {
            return content.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    void watch(Path root) {
        roots.add(root);
    }

    Set<FileVersion> versions() {
        return Set.copyOf(sightings);
    }

    /** The files as they are now. */
    static List<FileVersion> readAll(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> sighting(root, file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void scan() {
        for (Path root : roots) {
            try (Stream<Path> files = Files.walk(root)) {
                files.forEach(file -> scan(root, file));
            } catch (IOException | UncheckedIOException _) {
                // Something has gone while it was looked at; the next look sees what has come instead.
            }
        }
    }

    private void scan(Path root, Path file) {
        try {
            var attributes = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            String stamp = attributes.fileKey() + " " + attributes.lastModifiedTime() + " " + attributes.size();
            if (attributes.isRegularFile() && !stamp.equals(stamps.put(file, stamp))) {
                sightings.add(sighting(root, file));
            }
        } catch (IOException | UncheckedIOException _) {
            stamps.remove(file);
        }
    }

    private static FileVersion sighting(Path root, Path file) {
        try {
            return new FileVersion(
                    root,
                    root.relativize(file),
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                    Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        glances.close();
    }
}
