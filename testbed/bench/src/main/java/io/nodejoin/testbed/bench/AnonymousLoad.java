package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Many readers without a credential, played by h2load, which takes less of the processors than a JVM would. They keep
 * their connections and speak HTTP/1.1, for the API server closes an anonymous HTTP/2 connection after each request.
 */
record AnonymousLoad(String apiServer, int perSecond) {
    private static final String H2LOAD = "h2load";
    private static final int CONNECTIONS = 400;
    private static final String BETWEEN_CONNECTIONS = "3ms";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    static void requireH2load() {
        try {
            Command.of(H2LOAD, "--version").run().orFail();
        } catch (UncheckedIOException e) {
            throw new IllegalStateException("h2load is missing: run 'apt-get install nghttp2-client' as root", e);
        }
    }

    /** Sends reads for this long. A read that is due on a busy connection waits. */
    H2loadLog run(String path, Duration length) {
        try {
            Path log = Files.createTempFile("nodejoin-anonymous-load", ".tsv");
            try {
                // With a lower priority than the server, which shares the processors.
                Command.of(
                                "nice",
                                "--adjustment=19",
                                H2LOAD,
                                "--h1",
                                "--clients=" + CONNECTIONS,
                                // One connection after the other, so that they do not send at the same time.
                                "--rate=1",
                                "--rate-period=" + BETWEEN_CONNECTIONS,
                                "--requests=" + perSecond * length.toSeconds(),
                                "--rps=" + (double) perSecond / CONNECTIONS,
                                "--log-file=" + log,
                                apiServer + path)
                        .withTimeout(length.plus(TIMEOUT))
                        .run()
                        .orFail();
                return H2loadLog.parse(Files.readString(log));
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the log of h2load cannot be kept", e);
        }
    }
}
