package io.nodejoin.agent.install;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of the agent's package, as they are installed below a root directory.
 *
 * @param root the directory below which the package's files are
 * @param version the package's version
 */
public record PackageFiles(Path root, String version) {
    static final String NAME = "nodejoin-agent";

    private static final int ID_LENGTH = 12;

    /** Returns the directory of runtime and jars, after all links. */
    Path home() throws IOException {
        return root.resolve("usr/lib/" + NAME).toRealPath();
    }

    Path command() {
        return root.resolve("usr/bin/" + NAME);
    }

    Path unit(String name) {
        return root.resolve("usr/lib/systemd/system").resolve(name);
    }

    /** Returns the names of the systemd units, sorted. */
    List<String> units() throws IOException {
        try (Stream<Path> units = Files.list(root.resolve("usr/lib/systemd/system"))) {
            return units.map(unit -> unit.getFileName().toString())
                    .filter(name -> name.startsWith(NAME))
                    .sorted()
                    .toList();
        }
    }

    /** Returns version and content in one word: two packages with the same have the same files. */
    String id() throws IOException {
        MessageDigest digest = sha256();
        digest.update(Files.readAllBytes(home().resolve(InstalledFiles.CHECKSUM_FILE)));
        digest.update(Files.readAllBytes(command()));
        for (String unit : units()) {
            digest.update(unit.getBytes(StandardCharsets.UTF_8));
            digest.update(Files.readAllBytes(unit(unit)));
        }
        return version + "-" + HexFormat.of().formatHex(digest.digest()).substring(0, ID_LENGTH);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
