package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.links.TlsTerminator;
import io.nodejoin.testbed.pki.CertificateAuthority;
import io.nodejoin.testbed.pki.CertificateAuthority.Identity;
import io.nodejoin.testbed.pki.CertificateAuthority.Subject;
import io.nodejoin.testbed.pki.TlsContexts;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.process.ProcessIdentity;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Temporal that is reached over TLS only, with a client certificate. */
@Tag("real")
@Tag("access")
@OnRestartedBed
class TemporalTlsE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String NAME = "temporal.example";

    private final SharedBed bed;
    private final NodejoinService service;
    private final CertificateAuthority authority = authority();
    private final TlsTerminator temporal;

    @TempDir
    private Path directory;

    TemporalTlsE2E(SharedBed bed) throws IOException, GeneralSecurityException {
        this.bed = bed;
        this.service = bed.testBed().service();
        Identity server = authority.issue(Subject.server("temporal", List.of(NAME), List.of()));
        this.temporal = new TlsTerminator(
                TlsContexts.create(authority.identity().certificatePem(), server.certificatePem() + server.keyPem()),
                bed.testBed().plan().temporal());
    }

    @BeforeEach
    void connectOverTls() throws IOException {
        Files.writeString(directory.resolve("ca.crt"), authority.identity().certificatePem());
        writeIdentity(authority);
        service.stop();
        service.prepare(SharedBed.settings());
        String plain = "target: \"" + bed.testBed().plan().temporal() + "\"";
        String text = Files.readString(service.config());
        assertThat(text).contains(plain);
        Files.writeString(
                service.config(),
                text.replace(
                        plain,
                        "target: \"%s\"\n  tls: {caFile: %s/ca.crt, certFile: %s/tls.crt, keyFile: %s/tls.key, serverName: %s}"
                                .formatted(temporal.endpoint(), directory, directory, directory, NAME)));
        service.start();
    }

    @AfterEach
    void connectInPlainText() {
        bed.restartServiceWith(SharedBed.settings());
        temporal.close();
    }

    private static CertificateAuthority authority() {
        return new CertificateAuthority("temporal", Clock.systemUTC(), new SecureRandom());
    }

    private void writeIdentity(CertificateAuthority issuer) throws IOException {
        Identity client = issuer.issue(Subject.user("nodejoin"));
        Files.writeString(directory.resolve("tls.key"), client.keyPem());
        Files.writeString(directory.resolve("tls.crt"), client.certificatePem());
    }

    @Test
    void shouldJoinAndGoOnWithTheCertificateThatReplacesARefusedOneWithoutARestart() throws IOException {
        // given
        JoinSucceeded joined = join("over-tls");
        ProcessIdentity process = service.process().identity().orElseThrow();
        CommandResult listed = service.cli(
                        "list", "-o", "name", "--config", service.config().toString())
                .run();
        writeIdentity(authority());
        await("the line of readiness")
                .atMost(TIMEOUT)
                .until(
                        this::readinessAfterReconnecting,
                        lines -> lines.contains("[-] temporal: " + ErrorCode.TEMPORAL_AUTH_FAILED));

        // when
        writeIdentity(authority);

        // then
        await("readiness").atMost(TIMEOUT).until(service::isReady);
        assertThat(join("over-tls-again").nodeUid()).isNotEqualTo(joined.nodeUid());
        assertThat(service.process().identity()).contains(process);
        assertThat(listed.exitCode()).as(listed.error()).isZero();
        assertThat(listed.output().lines()).contains(SharedBed.CLUSTER + "/over-tls");
    }

    /** A connection that is open keeps the certificate that it was opened with. */
    private String readinessAfterReconnecting() {
        temporal.disconnect();
        return service.readiness();
    }

    private JoinSucceeded join(String node) {
        HostFixture fixture = bed.newHost(node);
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        return bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
    }
}
