package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeconfigTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void shouldTellTheAlgorithmOfAClientKeyInPkcs8(String algorithm) throws Exception {
        // given
        String data = Base64.getEncoder().encodeToString(pkcs8(algorithm).getBytes(StandardCharsets.US_ASCII));
        Path kubeconfig = kubeconfig("client-key-data: " + data);
        // when
        Config config = Kubeconfig.read(kubeconfig);
        // then
        assertThat(config.getClientKeyAlgo()).isEqualTo(algorithm);
    }

    @Test
    void shouldTellTheAlgorithmOfAClientKeyInAFileOfItsOwn() throws Exception {
        // given
        Path key = Files.writeString(directory.resolve("client.key"), pkcs8("EC"));
        // when
        Config config = Kubeconfig.read(kubeconfig("client-key: " + key));
        // then
        assertThat(config.getClientKeyAlgo()).isEqualTo("EC");
    }

    @Test
    void shouldLeaveRetryToTheCaller() throws IOException {
        // given
        Path kubeconfig = kubeconfig("token: some");
        // when
        Config config = Kubeconfig.read(kubeconfig);
        // then
        assertThat(config.getRequestRetryBackoffLimit()).isZero();
        assertThat(Kubeconfig.withoutCredential(config).getRequestRetryBackoffLimit())
                .isZero();
    }

    @Test
    void shouldNotShareAConnectionAmongRequests() throws IOException {
        // given
        Config config = Kubeconfig.read(kubeconfig("token: some"));
        // when
        Config anonymous = Kubeconfig.withoutCredential(config);
        // then
        assertThat(anonymous.isHttp2Disable()).isTrue();
        assertThat(config.isHttp2Disable()).isTrue();
    }

    @Test
    void shouldKeepTheClusterAndDropTheCredential() throws IOException {
        // given
        Config config = Kubeconfig.read(kubeconfig("token: some"));
        // when
        Config stranger = Kubeconfig.withoutCredential(config);
        // then
        assertThat(stranger.getMasterUrl()).isEqualTo(config.getMasterUrl()).startsWith("https://127.0.0.1:6443");
        assertThat(config.getAutoOAuthToken()).isEqualTo("some");
        assertThat(stranger.getAutoOAuthToken()).isNull();
    }

    private Path kubeconfig(String credential) throws IOException {
        return Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters:
                - name: it
                  cluster: {server: "https://127.0.0.1:6443"}
                users:
                - name: it
                  user:
                    %s
                contexts:
                - name: it
                  context: {cluster: it, user: it}
                current-context: it
                """.formatted(credential));
    }

    private static String pkcs8(String algorithm) throws GeneralSecurityException {
        byte[] key = KeyPairGenerator.getInstance(algorithm)
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                + "\n-----END PRIVATE KEY-----\n";
    }
}
