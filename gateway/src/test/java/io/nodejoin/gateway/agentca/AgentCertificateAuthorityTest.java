package io.nodejoin.gateway.agentca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.Samples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCertificateAuthorityTest {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private TestPki.Credential ca;
    private Path certificateFile;
    private Path keyFile;

    @BeforeEach
    void writeCa() throws IOException {
        ca = TestPki.ca("CN=agents");
        certificateFile = TestPki.writeCertificate(directory, "ca.crt", ca.certificate());
        keyFile = TestPki.writeKey(directory, "ca.key", ca.key());
    }

    @Test
    void shouldRefuseACaThatMayNotSignForClients() throws IOException {
        // given
        TestPki.Credential servers = TestPki.ca("CN=servers", KeyPurposeId.id_kp_serverAuth);
        Path certificate = TestPki.writeCertificate(directory, "servers.crt", servers.certificate());
        Path key = TestPki.writeKey(directory, "servers.key", servers.key());

        // then
        assertThatThrownBy(() -> new AgentCertificateAuthority(
                        certificate, key, HOUR, Clock.fixed(now, ZoneOffset.UTC), new SecureRandom()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("clientAuth");
    }

    @Test
    void shouldTakeACaThatIsLimitedToClients() throws IOException {
        // given
        TestPki.Credential clients = TestPki.ca("CN=clients", KeyPurposeId.id_kp_clientAuth);
        Path certificate = TestPki.writeCertificate(directory, "clients.crt", clients.certificate());
        Path key = TestPki.writeKey(directory, "clients.key", clients.key());

        // when
        AgentCertificateAuthority authority = new AgentCertificateAuthority(
                certificate, key, HOUR, Clock.fixed(now, ZoneOffset.UTC), new SecureRandom());

        // then
        assertThat(authority.certificate()).isEqualTo(clients.certificate());
    }

    @Test
    void shouldNotRecogniseACertificateThatIsNotForClients() {
        // given
        AgentCertificateAuthority authority = new AgentCertificateAuthority(
                certificateFile, keyFile, HOUR, Clock.fixed(now, ZoneOffset.UTC), new SecureRandom());

        // when
        boolean recognised =
                authority.hasIssued(TestPki.withoutUse(ca, "urn:nodejoin:any").certificate());

        // then
        assertThat(recognised).isFalse();
    }

    @Test
    void shouldIssueCertificateThatLeadsToTheCa() throws Exception {
        // given
        KeyPair keys = TestPki.keyPair();
        // when
        List<X509Certificate> chain = parse(issue(Samples.WORKER_A, keys, HOUR));
        // then
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ca.certificate(), null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(
                        CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain.getFirst())),
                        parameters);
        assertThat(chain).hasSize(2).last().isEqualTo(ca.certificate());
        assertThat(chain.getFirst().getPublicKey()).isEqualTo(keys.getPublic());
    }

    @Test
    void shouldIssueForClientAuthenticationOfOneIdentityOnly() throws Exception {
        // given
        AgentIdentity longNamed = Samples.agent(("a".repeat(63) + ".").repeat(3) + "b".repeat(61));
        // when
        X509Certificate issued =
                parse(issue(longNamed, TestPki.keyPair(), HOUR)).getFirst();
        // then
        assertThat(issued.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
        assertThat(issued.getBasicConstraints()).isEqualTo(-1);
        assertThat(AgentIdentity.fromCertificate(issued)).contains(longNamed);
    }

    @Test
    void shouldBackdateByFiveMinutesAndEndAfterItsLife() throws Exception {
        // given
        KeyPair keys = TestPki.keyPair();
        // when
        X509Certificate issued = parse(issue(Samples.WORKER_A, keys, HOUR)).getFirst();
        // then
        assertThat(issued.getNotBefore().toInstant()).isEqualTo(now.minus(Duration.ofMinutes(5)));
        assertThat(issued.getNotAfter().toInstant()).isEqualTo(now.plus(HOUR));
    }

    @Test
    void shouldNotOutliveTheCa() throws Exception {
        // given
        Duration tooLong = Duration.ofDays(900);
        // when
        X509Certificate issued =
                parse(issue(Samples.WORKER_A, TestPki.keyPair(), tooLong)).getFirst();
        // then
        assertThat(issued.getNotAfter()).isEqualTo(ca.certificate().getNotAfter());
    }

    @Test
    void shouldGiveEachCertificateItsOwnSerial() throws Exception {
        // given
        KeyPair keys = TestPki.keyPair();
        // when
        X509Certificate first = parse(issue(Samples.WORKER_A, keys, HOUR)).getFirst();
        X509Certificate second = parse(issue(Samples.WORKER_A, keys, HOUR)).getFirst();
        // then
        assertThat(first.getSerialNumber())
                .isNotEqualTo(second.getSerialNumber())
                .isPositive();
    }

    @Test
    void shouldRefuseKeyOfAnotherCa() throws Exception {
        // given
        keyFile =
                TestPki.writeKey(directory, "other.key", TestPki.ca("CN=other").key());
        // when then
        assertThatThrownBy(() -> authority(HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other.key");
    }

    @Test
    void shouldRefuseCertificateThatIsNoCa() throws Exception {
        // given
        certificateFile = TestPki.writeCertificate(
                directory, "leaf.crt", TestPki.server(ca).certificate());
        // when then
        assertThatThrownBy(() -> authority(HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leaf.crt");
    }

    @Test
    void shouldNameTheFileThatHoldsNoKey() throws Exception {
        // given
        keyFile = Files.writeString(directory.resolve("empty.key"), "nothing");
        // when then
        assertThatThrownBy(() -> authority(HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty.key");
    }

    private String issue(AgentIdentity agent, KeyPair keys, Duration life) {
        return authority(life)
                .issue(agent, SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()))
                .chain();
    }

    private AgentCertificateAuthority authority(Duration life) {
        return new AgentCertificateAuthority(
                certificateFile, keyFile, life, Clock.fixed(now, ZoneOffset.UTC), new SecureRandom());
    }

    private static List<X509Certificate> parse(String pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
    }
}
