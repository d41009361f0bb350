package io.nodejoin.client.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.config.TemporalTls;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.testbed.links.TlsTerminator;
import io.nodejoin.testbed.pki.CertificateAuthority;
import io.nodejoin.testbed.pki.CertificateAuthority.Identity;
import io.nodejoin.testbed.pki.CertificateAuthority.Subject;
import io.nodejoin.testbed.pki.TlsContexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Temporal behind TLS that wants client certificates of one CA. */
class TemporalClientsTest {
    private static final String NAME = "temporal.example";

    private final CertificateAuthority authority = authority();
    private final FakeFrontend frontend = new FakeFrontend();
    private final TlsTerminator tls = terminator();

    @TempDir
    private Path directory;

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(file("ca.crt"), authority.identity().certificatePem());
        writeIdentity(authority.issue(Subject.user("nodejoin")));
    }

    @AfterEach
    void stop() {
        tls.close();
        frontend.close();
    }

    private static CertificateAuthority authority() {
        return new CertificateAuthority("temporal", Clock.systemUTC(), new SecureRandom());
    }

    private TlsTerminator terminator() {
        Identity server = authority.issue(Subject.server("temporal", List.of(NAME), List.of()));
        try {
            return new TlsTerminator(
                    TlsContexts.create(
                            authority.identity().certificatePem(), server.certificatePem() + server.keyPem()),
                    frontend.endpoint());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void writeIdentity(Identity identity) throws IOException {
        Files.writeString(file("tls.key"), identity.keyPem());
        Files.writeString(file("tls.crt"), identity.certificatePem());
    }

    private TemporalTls mutual() {
        return new TemporalTls(file("ca.crt"), file("tls.crt"), file("tls.key"), NAME);
    }

    private TemporalEndpoint endpoint(@Nullable TemporalTls settings) {
        return TemporalEndpoint.of(
                new TemporalConfig(tls.endpoint().toString(), "joins", settings, null, null, null, false));
    }

    private static TemporalClients clients(TemporalEndpoint endpoint) {
        return new TemporalClients(endpoint, new SimpleMeterRegistry());
    }

    /** Returns why a call fails; empty if it does not. */
    private static Optional<Problem> problem(TemporalClients clients) {
        try {
            assertThat(clients.namespaceId()).isEqualTo(FakeFrontend.NAMESPACE_ID);
            return Optional.empty();
        } catch (StatusRuntimeException e) {
            return Optional.of(TemporalFault.describe(e, clients.endpoint()));
        }
    }

    private Problem problemOf(@Nullable TemporalTls settings) {
        try (TemporalClients clients = clients(endpoint(settings))) {
            return problem(clients).orElseThrow();
        }
    }

    @Test
    void shouldConnectWithItsCertificate() {
        // given
        try (TemporalClients clients = clients(endpoint(mutual()))) {
            // when
            Optional<Problem> problem = problem(clients);

            // then
            assertThat(problem).isEmpty();
            assertThat(clients.credentialsProblem()).isEmpty();
        }
    }

    @Test
    void shouldNotTrustAServerOfAnotherCa() throws IOException {
        // given
        Files.writeString(file("ca.crt"), authority().identity().certificatePem());

        // when
        Problem problem = problemOf(mutual());

        // then
        assertThat(problem.code()).isEqualTo(ErrorCode.TEMPORAL_UNTRUSTED);
        assertThat(problem.detail())
                .startsWith("Temporal at " + tls.endpoint() + " has a certificate that cannot be verified with "
                        + file("ca.crt"));
    }

    @Test
    void shouldNotTrustAServerOfAnotherName() {
        // given
        TemporalTls settings = new TemporalTls(file("ca.crt"), file("tls.crt"), file("tls.key"), "other.example");

        // when
        Problem problem = problemOf(settings);

        // then
        assertThat(problem.code()).isEqualTo(ErrorCode.TEMPORAL_UNTRUSTED);
        assertThat(problem.detail()).contains("other.example");
    }

    @Test
    void shouldSayThatTheServerWantsACertificate() {
        // given
        TemporalTls settings = new TemporalTls(file("ca.crt"), null, null, NAME);

        // when
        Problem problem = problemOf(settings);

        // then
        assertThat(problem.code()).isEqualTo(ErrorCode.TEMPORAL_AUTH_FAILED);
        assertThat(problem.detail()).contains("refuses a client without a certificate (TLS alert ");
    }

    @Test
    void shouldSayThatTheServerRefusesItsCertificate() throws IOException {
        // given
        writeIdentity(authority().issue(Subject.user("stranger")));

        // when
        Problem problem = problemOf(mutual());

        // then
        assertThat(problem.code()).isEqualTo(ErrorCode.TEMPORAL_AUTH_FAILED);
        assertThat(problem.detail()).contains("refuses the client certificate (TLS alert ");
    }

    @Test
    void shouldSayThatTheServerMayWantTls() {
        // given
        TemporalTls none = null;

        // when
        Problem problem = problemOf(none);

        // then
        assertThat(problem.code()).isEqualTo(ErrorCode.TEMPORAL_UNTRUSTED);
        assertThat(problem.detail()).contains("temporal.tls is not set");
    }

    @Test
    void shouldSayThatTheServerSpeaksNoTls() {
        // given
        TemporalEndpoint plain = TemporalEndpoint.of(
                new TemporalConfig(frontend.endpoint().toString(), "joins", mutual(), null, null, null, false));
        try (TemporalClients clients = clients(plain)) {
            // when
            Optional<Problem> problem = problem(clients);

            // then
            assertThat(problem)
                    .map(Problem::detail)
                    .hasValueSatisfying(detail -> assertThat(detail).endsWith("does not speak TLS"));
        }
    }

    @Test
    void shouldUseACertificateThatReplacesARefusedOne() throws IOException {
        // given
        writeIdentity(authority().issue(Subject.user("stranger")));
        try (TemporalClients clients = clients(endpoint(mutual()))) {
            assertThat(problem(clients)).map(Problem::code).contains(ErrorCode.TEMPORAL_AUTH_FAILED);

            // when
            writeIdentity(authority.issue(Subject.user("nodejoin")));

            // then
            assertThat(clients.credentialsProblem()).isEmpty();
            await().until(() -> problem(clients).isEmpty());
        }
    }

    @Test
    void shouldKeepItsCertificateWhileTheNewFilesDoNotFit() throws IOException {
        // given
        try (TemporalClients clients = clients(endpoint(mutual()))) {
            Files.writeString(
                    file("tls.key"), authority.issue(Subject.user("nodejoin")).keyPem());

            // when
            Optional<Problem> unusable = clients.credentialsProblem();

            // then
            assertThat(unusable)
                    .contains(new Problem(
                            ErrorCode.TEMPORAL_CREDENTIALS_INVALID,
                            file("tls.key") + " is not the key of the first certificate in " + file("tls.crt")));
            tls.disconnect();
            await().until(() -> problem(clients).isEmpty());
        }
    }

    @Test
    void shouldNameAFileThatIsMissing() throws IOException {
        // given
        Files.delete(file("ca.crt"));
        try (TemporalClients clients = clients(endpoint(mutual()))) {
            // when
            Optional<Problem> unusable = clients.credentialsProblem();

            // then
            assertThat(unusable)
                    .contains(
                            new Problem(ErrorCode.TEMPORAL_CREDENTIALS_INVALID, "there is no file " + file("ca.crt")));
        }
    }

    @Test
    void shouldReadTheApiKeyAgainForEachCall() throws IOException {
        // given
        Path keyFile = Files.writeString(file("api.key"), "expired\n");
        TemporalEndpoint endpoint = TemporalEndpoint.of(
                new TemporalConfig(tls.endpoint().toString(), "joins", mutual(), keyFile, null, null, false));
        frontend.requireApiKey("current");
        try (TemporalClients clients = clients(endpoint)) {
            Problem refused = problem(clients).orElseThrow();

            // when
            Files.writeString(keyFile, "current\n");

            // then
            assertThat(refused.code()).isEqualTo(ErrorCode.TEMPORAL_AUTH_FAILED);
            assertThat(refused.detail())
                    .endsWith("the API key: Request unauthorized.")
                    .doesNotContain("expired");
            assertThat(problem(clients)).isEmpty();
        }
    }

    @Test
    void shouldNotTellWhatAFileHoldsThatIsNoApiKey() throws IOException {
        // given
        Path keyFile = Files.writeString(file("api.key"), "two secret words");
        TemporalEndpoint endpoint = TemporalEndpoint.of(
                new TemporalConfig(tls.endpoint().toString(), "joins", mutual(), keyFile, null, null, false));
        try (TemporalClients clients = clients(endpoint)) {
            // when
            Optional<Problem> unusable = clients.credentialsProblem();

            // then
            assertThat(unusable).map(Problem::detail).contains(keyFile + " does not hold one API key on one line");
            assertThat(problem(clients)).map(Problem::code).contains(ErrorCode.TEMPORAL_AUTH_FAILED);
        }
    }

    @Test
    void shouldNotPrintAnApiKey() {
        // given
        TemporalEndpoint endpoint = new TemporalEndpoint(endpoint(mutual()).config(), "secret");

        // when
        String printed = endpoint.toString();

        // then
        assertThat(printed).contains("<redacted>").doesNotContain("secret");
    }

    @Test
    void shouldDoWithSearchAttributesThatSomebodyElseHasRegistered() {
        // given a server without an operator service
        try (TemporalClients clients = clients(endpoint(mutual()))) {
            Optional<Problem> lacking = clients.registerAttributes();

            // when
            frontend.addAttributes();

            // then
            assertThat(lacking).map(Problem::code).contains(ErrorCode.TEMPORAL_NOT_PREPARED);
            assertThat(lacking.orElseThrow().detail())
                    .contains(
                            "search-attribute create --namespace",
                            "--name NodeJoinCluster --type Keyword",
                            "NodeJoinPool");
            assertThat(clients.registerAttributes()).isEmpty();
        }
    }
}
