package io.nodejoin.testbed.failpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The file in which fail points record that they fired. */
public record FailPointMarker(Path file) {

    /** Appends a line and returns once it is on disk. */
    void append(String line) {
        try {
            Files.writeString(
                    file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
        } catch (IOException e) {
            throw new UncheckedIOException("a fail point cannot say that it fired: " + file, e);
        }
    }

    /** Returns one line per firing: step, position, workflow; and another one once the service has continued. */
    public List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    public boolean hasFired() {
        return !lines().isEmpty();
    }
}
