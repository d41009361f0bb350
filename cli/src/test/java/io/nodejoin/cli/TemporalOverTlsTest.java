package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.links.TlsTerminator;
import io.nodejoin.testbed.pki.CertificateAuthority;
import io.nodejoin.testbed.pki.CertificateAuthority.Identity;
import io.nodejoin.testbed.pki.CertificateAuthority.Subject;
import io.nodejoin.testbed.pki.TlsContexts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Temporal that is reached by the settings of the {@code temporal} command only. */
class TemporalOverTlsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeTemporal temporal = new FakeTemporal();
    private final CertificateAuthority authority =
            new CertificateAuthority("temporal", Clock.systemUTC(), new SecureRandom());
    private final TlsTerminator tls = terminator();

    @TempDir
    private Path directory;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void writeFiles() throws IOException {
        temporal.addRun("NodeJoinWorkflow", "worker-7", "Joined", "", Instant.parse("2026-11-30T10:00:00Z"));
        Identity client = authority.issue(Subject.user("operator"));
        environment = new HashMap<>(Map.of(
                "TEMPORAL_ADDRESS", tls.endpoint().toString(),
                "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
                        write("ca.crt", authority.identity().certificatePem()),
                "TEMPORAL_TLS_CLIENT_CERT_PATH", write("tls.crt", client.certificatePem()),
                "TEMPORAL_TLS_CLIENT_KEY_PATH", write("tls.key", client.keyPem()),
                "TEMPORAL_TLS_SERVER_NAME", "temporal.example"));
    }

    @AfterEach
    void stop() {
        tls.close();
        temporal.close();
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private TlsTerminator terminator() {
        Identity server = authority.issue(Subject.server("temporal", List.of("temporal.example"), List.of()));
        try {
            return new TlsTerminator(
                    TlsContexts.create(
                            authority.identity().certificatePem(), server.certificatePem() + server.keyPem()),
                    new Endpoint("127.0.0.1", temporal.port()));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private int nodejoin(String... line) {
        return Main.commandLine(
                        new Terminal(
                                new PrintStream(out, true, StandardCharsets.UTF_8),
                                new PrintStream(err, true, StandardCharsets.UTF_8),
                                false),
                        environment,
                        Clock.systemUTC())
                .execute(line);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldListWithAClientCertificate() {
        // when
        int exit = nodejoin("list", "-o", "name");

        // then
        assertThat(exit).as(said()).isEqualTo(ExitCodes.OK);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("fra-1/worker-7\n");
    }

    @Test
    void shouldSayWhatToDoWithoutAClientCertificate() {
        // given
        environment.remove("TEMPORAL_TLS_CLIENT_CERT_PATH");
        environment.remove("TEMPORAL_TLS_CLIENT_KEY_PATH");

        // when
        int exit = nodejoin("list");

        // then
        assertThat(exit).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(said())
                .startsWith("nodejoin: TEMPORAL_AUTH_FAILED: Temporal at " + tls.endpoint()
                        + " refuses a client without a certificate")
                .endsWith("To do: " + ErrorCode.TEMPORAL_AUTH_FAILED.remedy() + "\n")
                .hasLineCount(1);
    }

    @Test
    void shouldSayThatTheCaIsAnother() throws IOException {
        // given
        write(
                "ca.crt",
                new CertificateAuthority("other", Clock.systemUTC(), new SecureRandom())
                        .identity()
                        .certificatePem());

        // when
        int exit = nodejoin("status", "fra-1/worker-7");

        // then
        assertThat(exit).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(said())
                .startsWith("nodejoin: TEMPORAL_UNTRUSTED: ")
                .contains("cannot be verified with " + directory.resolve("ca.crt"))
                .hasLineCount(1);
    }

    @Test
    void shouldNameTheFileThatIsMissing() throws IOException {
        // given
        Files.delete(directory.resolve("tls.key"));

        // when
        int exit = nodejoin("list");

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(said())
                .startsWith("nodejoin: TEMPORAL_CREDENTIALS_INVALID: there is no file " + directory.resolve("tls.key"))
                .hasLineCount(1);
    }
}
