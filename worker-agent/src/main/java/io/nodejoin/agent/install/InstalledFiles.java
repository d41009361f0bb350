package io.nodejoin.agent.install;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The files of an installed package, which contains a list of them with their SHA-256, in the format of
 * {@code sha256sum}.
 *
 * @param home the installation directory
 */
public record InstalledFiles(Path home) {
    static final String CHECKSUM_FILE = "SHA256SUMS";
    private static final int NAME_OFFSET = 66;

    /**
     * Compares all files with the list and returns their number.
     *
     * @throws IOException if a file is missing, changed or not in the list; the message names it
     */
    public int verify() throws IOException {
        List<String> lines = Files.readAllLines(home.resolve(CHECKSUM_FILE));
        Set<String> strange = installed();
        for (String line : lines) {
            String name = line.substring(Math.min(NAME_OFFSET, line.length()));
            if (!line.startsWith(sha256(name) + "  ")) {
                throw new IOException(home.resolve(name) + " is changed");
            }
            strange.remove(name);
        }
        if (!strange.isEmpty()) {
            throw new IOException(home.resolve(strange.iterator().next()) + " is not of the package");
        }
        return lines.size();
    }

    private Set<String> installed() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            Set<String> names = new TreeSet<>();
            files.filter(file -> !Files.isDirectory(file))
                    .forEach(file -> names.add(home.relativize(file).toString()));
            names.remove(CHECKSUM_FILE);
            return names;
        }
    }

    private String sha256(String name) throws IOException {
        // The largest files do not fit into the agent's heap.
        try (DigestInputStream file =
                new DigestInputStream(Files.newInputStream(home.resolve(name)), MessageDigest.getInstance("SHA-256"))) {
            file.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(file.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        } catch (NoSuchFileException e) {
            throw new IOException(home.resolve(name) + " is missing", e);
        }
    }
}
