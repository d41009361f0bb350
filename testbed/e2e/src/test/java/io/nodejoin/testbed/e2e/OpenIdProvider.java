package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A real dex on loopback. Its users have groups, and their names as passwords. */
final class OpenIdProvider implements AutoCloseable {
    static final String CLIENT = "nodejoin";
    static final String SECRET = "a client secret of dex";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final LoopbackPort port = LoopbackPort.free();
    private final SupervisedProcess process;
    private final List<String> command;

    /** @param users the groups of each user, as JSON */
    OpenIdProvider(TestBed testBed, String users) {
        this.process = new SupervisedProcess(
                "dex", testBed.directories().run(), testBed.directories().log());
        this.command = List.of(
                testBed.dex().toString(),
                "-issuer",
                issuer().toString(),
                "-listen",
                "127.0.0.1:" + port,
                "-client",
                CLIENT,
                "-secret",
                SECRET,
                "-redirect",
                testBed.service().admin().resolve("/sign-in/callback").toString(),
                "-users",
                users);
    }

    void start() {
        process.start(command);
        process.awaitReady(TIMEOUT, port::accepts);
    }

    URI issuer() {
        return URI.create("http://127.0.0.1:" + port + "/dex");
    }

    @Override
    public void close() {
        process.stop(Duration.ofSeconds(5));
    }
}
