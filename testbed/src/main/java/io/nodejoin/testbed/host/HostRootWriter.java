package io.nodejoin.testbed.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes files below the root of a host that does not run yet. Paths are relative to that root. */
record HostRootWriter(Path root) {

    void write(String relative, String text) {
        write(relative, text, "rw-r--r--");
    }

    void writeSecret(String relative, String text) {
        write(relative, text, "rw-------");
    }

    void writeExecutable(String relative, String text) {
        write(relative, text, "rwxr-xr-x");
    }

    void append(String relative, String text) {
        try {
            Files.writeString(root.resolve(relative), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot write " + relative, cannotWrite);
        }
    }

    void link(String relative, String target) {
        try {
            Path link = root.resolve(relative);
            Files.createDirectories(link.getParent());
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, Path.of(target));
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot link " + relative, cannotWrite);
        }
    }

    void mask(String unit) {
        link("etc/systemd/system/" + unit, "/dev/null");
    }

    private void write(String relative, String text, String mode) {
        try {
            Path file = root.resolve(relative);
            Files.createDirectories(file.getParent());
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot write " + relative, cannotWrite);
        }
    }
}
