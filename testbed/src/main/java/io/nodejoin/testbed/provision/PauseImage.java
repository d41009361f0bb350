package io.nodejoin.testbed.provision;

import io.nodejoin.protocol.Sha256;
import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An archive that containerd imports as the image of every pod's sandbox: the pause program and nothing else. */
final class PauseImage {
    /** As the hosts' containerd configuration names it. It is in no registry: what is not imported cannot be pulled. */
    static final String NAME = "localhost/pause:testbed";

    private PauseImage() {}

    /** Packs the pause program of this directory into {@code pause.tar} beside it. */
    static void pack(Path directory) {
        try {
            Path work = Files.createTempDirectory(directory, "image.");
            tar(work.resolve("layer.tar"), directory, List.of("pause"));
            String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
            Files.writeString(work.resolve("config.json"), """
                    {"architecture":"%s","os":"linux","config":{"Entrypoint":["/pause"]},\
                    "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}""".formatted(
                            architecture, Sha256.hex(Files.readAllBytes(work.resolve("layer.tar")))));
            Files.writeString(work.resolve("manifest.json"), """
                    [{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]""".formatted(NAME));
            tar(directory.resolve("pause.tar"), work, List.of("manifest.json", "config.json", "layer.tar"));
            Command.of("rm", "-r", work.toString()).run().orFail();
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot pack the pause image", cannotWrite);
        }
    }

    private static void tar(Path archive, Path from, List<String> files) {
        Command command = Command.of("tar", "--create", "--owner=0", "--group=0", "--file", archive.toString());
        List<String> arguments = new java.util.ArrayList<>(command.arguments());
        arguments.addAll(List.of("--directory", from.toString()));
        arguments.addAll(files);
        Command.of(arguments).run().orFail();
    }
}
