package io.nodejoin.testbed.preflight;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The checksums of files in a directory of the cache. A file of the same size and time as before is not read again, so that
 * checking costs nothing while nobody has touched it.
 */
public record Checksums(Path directory) {
    private static final String FILE = ".checksums";
    private static final String ARCHITECTURE = System.getProperty("os.arch");

    /** Writes down what these files, by their paths in the directory, are now. */
    public void write(List<String> files) {
        StringBuilder text = new StringBuilder(ARCHITECTURE + "\n");
        for (String name : files) {
            Path file = directory.resolve(name);
            text.append("%s %s %s%n".formatted(sum(file), stamp(file), name));
        }
        try {
            Files.writeString(directory.resolve(FILE), text);
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot write to " + directory, cannotWrite);
        }
    }

    /** What is wrong, or empty; also empty where nothing was written down. */
    Optional<String> defect() {
        Path list = directory.resolve(FILE);
        if (!areThere()) {
            return Optional.empty();
        }
        try {
            List<String> lines = Files.readAllLines(list);
            if (lines.isEmpty() || !lines.getFirst().equals(ARCHITECTURE)) {
                return Optional.of("it was made for another processor than " + ARCHITECTURE);
            }
            return lines.stream().skip(1).flatMap(line -> defect(line).stream()).findFirst();
        } catch (IOException unreadable) {
            return Optional.of(list + " cannot be read");
        }
    }

    boolean areThere() {
        return Files.exists(directory.resolve(FILE));
    }

    /** What is wrong, with the command that has the directory made again, or empty. */
    public Optional<String> obstacle() {
        return defect().map(this::obstacle);
    }

    /** The line for a person about what is wrong. */
    String obstacle(String wrong) {
        return "the cached " + directory.getFileName() + " is broken, " + wrong + "; have it made again with: rm -r '"
                + directory + "'";
    }

    private Optional<String> defect(String line) {
        String[] fields = line.split(" ", 4);
        if (fields.length < 4) {
            return Optional.of("its list of checksums is damaged");
        }
        String name = fields[3];
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(name + " is missing");
        }
        return stamp(file).equals(fields[1] + " " + fields[2]) || sum(file).equals(fields[0])
                ? Optional.empty()
                : Optional.of(name + " differs from its checksum");
    }

    private static String stamp(Path file) {
        try {
            return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }

    private static String sum(Path file) {
        MessageDigest digest = GoModule.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }
}
