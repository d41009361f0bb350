package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.process.Command;
import java.nio.file.Path;
import java.time.Duration;

/** Debian's Prometheus node exporter: another idle daemon, for comparison. */
final class NodeExporter {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String PACKAGE = "prometheus-node-exporter";

    private final Cache cache;
    private final Progress progress;

    NodeExporter(Cache cache, Progress progress) {
        this.cache = cache;
        this.progress = progress;
    }

    /** The program, from the package of the distribution that this machine runs. */
    Path program() {
        Path entry = cache.getOrCreate(
                "node-exporter",
                directory -> progress.report("loading " + PACKAGE, () -> {
                    Command.of("apt-get", "update", "-qq").withTimeout(TIMEOUT).run();
                    Command.of("apt-get", "download", "-qq", PACKAGE)
                            .inDirectory(directory)
                            .withTimeout(TIMEOUT)
                            .run()
                            .orFail();
                    Command.of("sh", "-c", "dpkg-deb --extract *.deb .")
                            .inDirectory(directory)
                            .run()
                            .orFail();
                    return directory;
                }));
        return entry.resolve("usr/bin").resolve(PACKAGE);
    }
}
