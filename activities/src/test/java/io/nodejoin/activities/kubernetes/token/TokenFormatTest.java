package io.nodejoin.activities.kubernetes.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenFormatTest {
    private static final JoinId JOIN = JoinId.of("source", "id");
    private static final BootstrapToken TOKEN = new BootstrapToken(new TokenId("abc123"), "0123456789abcdef");

    private static final String KEY_DIGEST = "ab".repeat(32);

    @Test
    void shouldWriteTheExpirationWithSecondsAtTheFullMinute() {
        // when
        Secret secret = secret(Instant.parse("2026-11-25T10:00:00Z"));

        // then
        assertThat(secret.getStringData()).containsEntry("expiration", "2026-11-25T10:00:00Z");
    }

    @Test
    void shouldHoldExactlyWhatABootstrapTokenNeeds() {
        // when
        Secret secret = secret(Instant.parse("2026-11-25T10:00:01Z"));

        // then
        assertThat(secret.getType()).isEqualTo("bootstrap.kubernetes.io/token");
        assertThat(secret.getMetadata().getNamespace()).isEqualTo("kube-system");
        assertThat(secret.getMetadata().getName()).isEqualTo("bootstrap-token-abc123");
        assertThat(secret.getMetadata().getLabels())
                .containsOnly(
                        Map.entry("app.kubernetes.io/managed-by", "nodejoin"),
                        Map.entry("nodejoin.io/join-id", JOIN.value()));
        assertThat(secret.getStringData())
                .containsEntry("token-id", "abc123")
                .containsEntry("token-secret", "0123456789abcdef")
                .containsEntry("usage-bootstrap-authentication", "true")
                .containsEntry("usage-bootstrap-signing", "true")
                .containsEntry("auth-extra-groups", "system:bootstrappers:nodejoin")
                .containsOnlyKeys(
                        "token-id",
                        "token-secret",
                        "expiration",
                        "usage-bootstrap-authentication",
                        "usage-bootstrap-signing",
                        "auth-extra-groups",
                        "description");
    }

    @Test
    void shouldNameTheKubeletsKeyInAnAnnotationAndNotInTheDescription() {
        // when
        Secret secret = secret(Instant.parse("2026-11-25T10:00:01Z"), KEY_DIGEST);

        // then
        assertThat(secret.getMetadata().getAnnotations())
                .containsOnly(Map.entry("nodejoin.io/kubelet-key-sha256", KEY_DIGEST));
        assertThat(secret.getStringData().get("description")).doesNotContain(KEY_DIGEST);
    }

    @Test
    void shouldHaveNoAnnotationIfTheKubeletCreatesItsKey() {
        // when
        Secret secret = secret(Instant.parse("2026-11-25T10:00:01Z"));

        // then
        assertThat(secret.getMetadata().getAnnotations()).isEmpty();
    }

    @Test
    void shouldNotRepeatTheSecretInTheDescription() {
        // when
        Secret secret = secret(Instant.parse("2026-11-25T10:00:01Z"));

        // then
        assertThat(secret.getStringData().get("description")).doesNotContain(TOKEN.secret());
    }

    @Test
    void shouldDrawEachCharacterEquallyOften() {
        // given
        TokenGenerator generator = new TokenGenerator(new SecureRandom());

        // when
        Map<Integer, Long> counts = IntStream.range(0, 9_000)
                .boxed()
                .flatMap(_ -> generator.newToken(TOKEN.id()).secret().chars().boxed())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

        // then
        double expected = 9_000 * 16 / 36.0;
        double chiSquare = counts.values().stream()
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        // 35 degrees of freedom exceed 90 once in about a million runs; a remainder of 256 modulo 36 gives above 500.
        assertThat(counts).hasSize(36);
        assertThat(chiSquare).isLessThan(90);
    }

    @Test
    void shouldDrawAnotherTokenEachTime() {
        // given
        TokenGenerator generator = new TokenGenerator(new SecureRandom());

        // when
        long distinct = IntStream.range(0, 1_000)
                .mapToObj(_ -> generator.newToken(TOKEN.id()).secret())
                .distinct()
                .count();

        // then
        assertThat(distinct).isEqualTo(1_000);
    }

    private static Secret secret(Instant expiresAt) {
        return secret(expiresAt, null);
    }

    private static Secret secret(Instant expiresAt, @Nullable String kubeletKeyDigest) {
        TokenRequest request = new TokenRequest(
                new TokenRef(new ClusterName("c"), JOIN, TOKEN.id()),
                new NodeName("worker-1"),
                "machine-1",
                1,
                "uid",
                "kubeconfig",
                "key",
                kubeletKeyDigest,
                Duration.ofMinutes(10),
                expiresAt);
        return TokenSecret.build(TOKEN, request, expiresAt);
    }
}
