package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.check.Checker;
import io.nodejoin.testbed.pki.CertificateAuthority;
import io.nodejoin.testbed.pki.Pem;
import io.nodejoin.testbed.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Rotates the agent CA of all replicas as docs/operations/agent-ca.md says, but for its last step, which comes an hour later. A certificate of
 * either CA is accepted then.
 */
final class AgentCaRotation {
    private static final String NEW_NAME = "nodejoin-agents-2";
    private static final Pattern BOTH_TRUSTED = Pattern.compile("read again; 2 agent CAs are trusted");
    private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(60);

    private final TestBed bed;
    private final Checker checker;

    AgentCaRotation(TestBed bed, Checker checker) {
        this.bed = bed;
        this.checker = checker;
    }

    /** Has all replicas trust both, and then issue by the new one. */
    void rotate() {
        Path certificates = bed.directories().pki().resolve("agent-ca.crt");
        Path key = bed.directories().pki().resolve("agent-ca.key");
        CertificateAuthority.Identity next =
                new CertificateAuthority(NEW_NAME, Clock.systemUTC(), new SecureRandom()).identity();
        String earlier = read(certificates);
        changeAndAwait(() -> Pem.writePrivately(certificates, earlier + next.certificatePem()));
        changeAndAwait(() -> {
            Pem.writePrivately(certificates, next.certificatePem() + earlier);
            Pem.writePrivately(key, next.keyPem());
        });
        checker.addKey(key);
    }

    static boolean isOfNewCa(X509Certificate certificate) {
        return certificate.getIssuerX500Principal().getName().contains(NEW_NAME);
    }

    /** Each replica reads the files again by itself, and logs it. */
    private void changeAndAwait(Runnable change) {
        List<LogTail> logs = bed.replicas().stream()
                .map(replica -> new LogTail(replica.process()))
                .toList();
        change.run();
        if (!Await.until(LOAD_TIMEOUT, () -> logs.stream().allMatch(log -> log.count(BOTH_TRUSTED) > 0))) {
            throw new IllegalStateException("a replica has not read the agent CA again");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
