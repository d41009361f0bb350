package io.nodejoin.agentpackage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The list of all files of an image with their digests, in the form that {@code sha256sum --check} reads. */
final class Checksums {
    static final String FILE = "SHA256SUMS";

    private Checksums() {}

    /** The lines of the list, which does not name itself. */
    static List<String> list(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(FILE))
                    .sorted()
                    .toList()) {
                lines.add(sha256(file) + "  " + directory.relativize(file));
            }
        }
        return lines;
    }

    private static String sha256(Path file) throws IOException {
        try (DigestInputStream stream =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            InputStream digested = stream;
            digested.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(stream.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
