package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An image of one layer for import into containerd. It is in no registry: unless imported it cannot be pulled.
 *
 * @param name its repository and tag
 * @param entrypoint the program that it runs by default
 */
record ImageArchive(String name, String entrypoint) {
    private static final int DIGEST_LENGTH = 64;
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /**
     * Writes the archive.
     *
     * @param archive a new file; temporary files are created next to it and deleted
     * @param layer arguments of tar that name the files of the layer
     */
    void write(Path archive, List<String> layer) {
        try {
            Path work = Files.createTempDirectory(archive.getParent(), "image.");
            tar(work.resolve("layer.tar"), layer);
            String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
            Files.writeString(work.resolve("config.json"), """
                    {"architecture":"%s","os":"linux","config":{"Entrypoint":["%s"],\
                    "Env":["PATH=/usr/local/bin:/usr/sbin:/usr/bin"]},\
                    "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}""".formatted(
                            architecture, entrypoint, sha256(work.resolve("layer.tar"))));
            Files.writeString(work.resolve("manifest.json"), """
                    [{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]""".formatted(name));
            tar(archive, List.of("--directory", work.toString(), "manifest.json", "config.json", "layer.tar"));
            Command.of("rm", "-r", work.toString()).run().orFail();
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot pack the image " + name, cannotWrite);
        }
    }

    private static void tar(Path archive, List<String> files) {
        List<String> arguments =
                new ArrayList<>(List.of("tar", "--create", "--owner=0", "--group=0", "--file", archive.toString()));
        arguments.addAll(files);
        Command.of(arguments).withTimeout(TIMEOUT).run().orFail();
    }

    /** Layers are too large to be read into this process. */
    private static String sha256(Path file) {
        return Command.of("sha256sum", file.toString()).run().orFail().output().substring(0, DIGEST_LENGTH);
    }
}
