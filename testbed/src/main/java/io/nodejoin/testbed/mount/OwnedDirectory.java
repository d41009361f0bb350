package io.nodejoin.testbed.mount;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** A directory that belongs to the test bed with all that is in it, mounts included. Every method may be repeated. */
public record OwnedDirectory(Path path) {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Pattern FIELDS = Pattern.compile(" ");
    private static final int MOUNT_POINT = 4;

    /** The mount points at and below, innermost first. */
    public List<Path> mounts() {
        Path own = path.toAbsolutePath().normalize();
        try (var lines = Files.lines(MOUNTS)) {
            return lines.map(line -> Path.of(unescape(FIELDS.splitAsStream(line)
                            .skip(MOUNT_POINT)
                            .findFirst()
                            .orElseThrow())))
                    .filter(point -> point.startsWith(own))
                    .sorted(Comparator.comparingInt(Path::getNameCount).reversed())
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + MOUNTS, unreadable);
        }
    }

    /** Unmounts everything at and below; busy mounts are detached lazily. */
    public void unmount() {
        for (Path point : mounts()) {
            if (!Command.of("umount", point.toString()).run().succeeded()) {
                Command.of("umount", "--lazy", point.toString()).run().orFail();
            }
        }
    }

    /** Unmounts and deletes. Throws while anything is still mounted: it might be another file system. */
    public void delete() {
        if (!Files.exists(path)) {
            return;
        }
        unmount();
        if (!mounts().isEmpty()) {
            throw new IllegalStateException("still mounted below " + path + ": " + mounts());
        }
        Command.of("rm", "-rf", "--one-file-system", "--", path.toString())
                .run()
                .orFail();
    }

    /** The kernel writes blanks, tabs, newlines and backslashes of a path as three octal digits. */
    private static String unescape(String field) {
        StringBuilder plain = new StringBuilder(field.length());
        int at = 0;
        while (at < field.length()) {
            if (field.charAt(at) == '\\' && at + 4 <= field.length()) {
                plain.append((char) Integer.parseInt(field.substring(at + 1, at + 4), 8));
                at += 4;
            } else {
                plain.append(field.charAt(at));
                at++;
            }
        }
        return plain.toString();
    }
}
