package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeconfigExpiryTest {
    @TempDir
    private Path directory;

    @Test
    void shouldReadTheEndOfAServiceAccountToken() throws IOException {
        // given
        String token = "e30." + encode("{\"exp\":1795689600}") + ".c2ln";

        // then
        assertThat(KubeconfigExpiry.read(kubeconfig(token))).hasValue(Instant.ofEpochSecond(1_795_689_600));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abcdef.0123456789abcdef", "opaque", "e30.e30.c2ln", "a.!.b"})
    void shouldNotKnowTheEndOfAnotherToken(String token) throws IOException {
        // then
        assertThat(KubeconfigExpiry.read(kubeconfig(token))).isEmpty();
    }

    @Test
    void shouldNotKnowTheEndOfAFileThatIsMissing() {
        // then
        assertThat(KubeconfigExpiry.read(directory.resolve("none"))).isEmpty();
    }

    private Path kubeconfig(String token) throws IOException {
        return Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: u, user: {token: "%s"}}]
                """.formatted(token));
    }

    private static String encode(String claims) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    }
}
