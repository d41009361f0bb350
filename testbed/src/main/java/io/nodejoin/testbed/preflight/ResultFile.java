package io.nodejoin.testbed.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A file that a command writes at its end, to be refused at its beginning; directories that are missing are made. */
public record ResultFile(Path file) {

    Optional<String> obstacle() {
        Path absolute = file.toAbsolutePath().normalize();
        if (Files.isDirectory(absolute)) {
            return Optional.of(file + " is a directory");
        }
        if (Files.exists(absolute)) {
            return Files.isWritable(absolute) ? Optional.empty() : Optional.of(file + " cannot be written to");
        }
        Optional<Path> nearest = Stream.iterate(absolute, path -> path != null, Path::getParent)
                .filter(Files::exists)
                .findFirst();
        return nearest.filter(ResultFile::takesFiles).isPresent()
                ? Optional.empty()
                : Optional.of(file + " cannot be written: no file can be made in "
                        + nearest.map(Path::toString).orElse("its directory"));
    }

    /** Root may write anywhere, by the modes, and still cannot in every file system. */
    private static boolean takesFiles(Path directory) {
        try {
            Files.delete(Files.createTempFile(directory, "nodejoin", ".tmp"));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** Makes its directories, for somebody else who writes it. */
    public void makeDirectories() throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
    }

    public void write(String text) throws IOException {
        makeDirectories();
        Files.writeString(file, text);
    }
}
