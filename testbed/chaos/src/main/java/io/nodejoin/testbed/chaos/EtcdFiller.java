package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Fills etcd with large objects. A database that was larger before keeps free pages for later writes. */
final class EtcdFiller implements AutoCloseable {
    private static final String NAME = "hoard";
    private static final int OBJECT_BYTES = 900_000;
    private static final Duration DELETE_TIMEOUT = Duration.ofMinutes(1);

    private final ControlPlane cluster;
    private final Path content;
    private final List<String> objects = new ArrayList<>();

    /** @param directory receives a file with the content of each object */
    EtcdFiller(ControlPlane cluster, Path directory) {
        this.cluster = cluster;
        this.content = directory.resolve(NAME);
        try {
            Files.writeString(content, "x".repeat(OBJECT_BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + content, e);
        }
    }

    /** Adds one, if the cluster has room for it. */
    void addObject() {
        String name = NAME + objects.size();
        objects.add("configmap/" + name);
        cluster.kubectl("create", "configmap", name, "--from-file=" + content).run();
    }

    @Override
    public void close() {
        if (!objects.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("delete", "--ignore-not-found"));
            words.addAll(objects);
            cluster.kubectl(words).withTimeout(DELETE_TIMEOUT).run().orFail();
        }
    }
}
