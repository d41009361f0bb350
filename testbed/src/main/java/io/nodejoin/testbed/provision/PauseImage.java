package io.nodejoin.testbed.provision;

import java.nio.file.Path;
import java.util.List;

/** The image of every pod's sandbox: the pause program and nothing else. */
final class PauseImage {
    /** As the hosts' containerd configuration names it. */
    private static final ImageArchive IMAGE = new ImageArchive("localhost/pause:testbed", "/pause");

    private PauseImage() {}

    /** Packs the pause program of this directory into {@code pause.tar} in the same directory. */
    static void pack(Path directory) {
        IMAGE.write(directory.resolve("pause.tar"), List.of("--directory", directory.toString(), "pause"));
    }
}
