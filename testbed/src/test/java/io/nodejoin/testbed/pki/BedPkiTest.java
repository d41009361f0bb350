package io.nodejoin.testbed.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BedPkiTest {
    @TempDir
    Path parent;

    private BedDirectories directories;
    private BedPki pki;

    @BeforeEach
    void writeAll() {
        directories = new BedDirectories(parent, "e2e");
        AddressPlan plan = new AddressPlan(BedSettings.named("e2e"));
        pki = new BedPki(directories, plan, Clock.systemUTC(), new SecureRandom());
        pki.ensure();
    }

    @Test
    void shouldChainEveryCertificateToItsOwnAuthority() throws Exception {
        // when
        // then
        verify("apiserver.crt", "ca.crt");
        verify("apiserver-kubelet-client.crt", "ca.crt");
        verify("gateway.crt", "gateway-ca.crt");
    }

    @Test
    void shouldNotTrustOneAuthorityForAnother() {
        // when
        // then
        assertThatThrownBy(() -> verify("gateway.crt", "ca.crt")).isInstanceOf(CertPathValidatorException.class);
        assertThatThrownBy(() -> verify("apiserver.crt", "gateway-ca.crt"))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void shouldNameTheGatewayByEveryAddressThatAgentsUse() throws Exception {
        // given
        X509Certificate gateway = certificate(read("gateway.crt"));

        // when
        List<Object> names = gateway.getSubjectAlternativeNames().stream()
                .<Object>map(name -> name.get(1))
                .toList();

        // then
        assertThat(names).containsExactlyInAnyOrder("localhost", "10.77.2.254", "127.0.0.1");
    }

    @Test
    void shouldWriteKeysThatFitTheirCertificates() throws Exception {
        // given
        for (String name : List.of("ca", "apiserver", "gateway", "gateway-ca", "agent-ca")) {
            PrivateKey key = pkcs8(read(name + ".key"));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update((byte) 1);

            // when
            byte[] signed = signature.sign();

            // then
            signature.initVerify(certificate(read(name + ".crt")));
            signature.update((byte) 1);
            assertThat(signature.verify(signed)).as(name).isTrue();
        }
    }

    @Test
    void shouldShowItsFilesToTheirOwnerOnly() throws IOException {
        // when
        try (Stream<Path> files = Files.list(directories.pki())) {
            // then
            assertThat(files)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void shouldKeepWhatAFormerCallWrote() throws IOException {
        // given
        String before = read("ca.crt");

        // when
        pki.ensure();

        // then
        assertThat(read("ca.crt")).isEqualTo(before);
    }

    @Test
    void shouldBeginAnewWhenAnAbortedRunLeftAHalf() throws IOException {
        // given
        String before = read("ca.crt");
        Files.delete(pki.file("complete"));

        // when
        pki.ensure();

        // then
        assertThat(read("ca.crt")).isNotEqualTo(before);
    }

    @Test
    void shouldGiveTheAdministratorAKubeconfigThatLeadsToTheBed() throws Exception {
        // given
        JsonNode config =
                new YAMLMapper().readTree(directories.adminKubeconfig().toFile());

        // when
        X509Certificate client = certificate(base64(config.at("/users/0/user/client-certificate-data")));

        // then
        assertThat(config.at("/clusters/0/cluster/server").asText()).isEqualTo("https://10.77.2.1:6443");
        assertThat(client.getSubjectX500Principal().getName()).isEqualTo("CN=admin,O=system:masters");
        assertThat(base64(config.at("/users/0/user/client-key-data"))).startsWith("-----BEGIN EC PRIVATE KEY-----");
        assertThat(config.at("/current-context").asText()).isEqualTo("testbed");
    }

    private void verify(String leaf, String authority) throws GeneralSecurityException, IOException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(certificate(read(authority)), null)));
        trust.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(factory.generateCertPath(List.of(certificate(read(leaf)))), trust);
    }

    private String read(String name) throws IOException {
        return Files.readString(pki.file(name));
    }

    private static String base64(JsonNode node) {
        return new String(Base64.getDecoder().decode(node.asText()), StandardCharsets.UTF_8);
    }

    private static X509Certificate certificate(String pem) throws GeneralSecurityException, IOException {
        try (InputStream stream = new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(stream);
        }
    }

    private static PrivateKey pkcs8(String pem) throws GeneralSecurityException {
        String body = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----|\\s", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    }
}
