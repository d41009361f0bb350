package io.nodejoin.activities.kubernetes.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

class TokenSealerTest {
    private static final KeyPair HOST = ec("secp256r1");
    private static final BootstrapToken TOKEN = new BootstrapToken(new TokenId("abc123"), "0123456789abcdef");
    private static final SealedTokenHeader SEAL = new SealedTokenHeader(
            JoinId.of("source", "id"), 2, TOKEN.id(), "cluster-uid", Instant.parse("2026-11-25T10:00:00Z"));

    @Test
    void shouldOpenWithTheKeyOfTheHost() throws JoseException {
        // given
        JsonWebEncryption jwe = sealed(HOST.getPrivate());

        // when
        String payload = jwe.getPayload();

        // then
        assertThat(payload).isEqualTo("abc123.0123456789abcdef");
    }

    @Test
    void shouldNotOpenWithAnotherKey() throws JoseException {
        // given
        JsonWebEncryption jwe = sealed(ec("secp256r1").getPrivate());

        // when // then
        assertThatThrownBy(jwe::getPayload).isInstanceOf(JoseException.class);
    }

    @Test
    void shouldBindJoinAttemptTokenClusterAndExpiryInTheProtectedHeader() throws JoseException {
        // when
        JsonWebEncryption jwe = sealed(HOST.getPrivate());

        // then
        assertThat(jwe.getHeader("typ")).isEqualTo("nodejoin-token+jwe");
        assertThat(jwe.getHeader("alg")).isEqualTo("ECDH-ES");
        assertThat(jwe.getHeader("enc")).isEqualTo("A256GCM");
        SEAL.parameters()
                .forEach((name, value) -> assertThat(jwe.getHeader(name)).isEqualTo(value));
    }

    @Test
    void shouldNotOpenOnceABoundValueIsChanged() throws JoseException {
        // given
        String[] parts = compact().split("\\.", -1);
        String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8)
                .replace("\"nj_attempt\":\"2\"", "\"nj_attempt\":\"3\"");
        parts[0] = Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8));
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setCompactSerialization(String.join(".", parts));
        jwe.setKey(HOST.getPrivate());

        // when // then
        assertThat(jwe.getHeader("nj_attempt")).isEqualTo("3");
        assertThatThrownBy(jwe::getPayload).isInstanceOf(JoseException.class);
    }

    @Test
    void shouldNotShowTheTokenInTheSealedText() {
        // when
        String sealed = compact();

        // then
        assertThat(sealed).doesNotContain(TOKEN.secret());
    }

    @Test
    void shouldRefuseAKeyOnAnotherCurve() {
        // given
        String key = base64(ec("secp384r1").getPublic());

        // when // then
        assertThatThrownBy(() -> TokenSealer.hostKey(key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("P-256");
    }

    @Test
    void shouldRefuseWhatIsNoKey() {
        // given
        String key = Base64.getEncoder().encodeToString(new byte[] {1, 2, 3});

        // when // then
        assertThatThrownBy(() -> TokenSealer.hostKey(key)).isInstanceOf(IllegalArgumentException.class);
    }

    private static JsonWebEncryption sealed(PrivateKey opener) throws JoseException {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setCompactSerialization(compact());
        jwe.setKey(opener);
        return jwe;
    }

    private static String compact() {
        return TokenSealer.seal(TOKEN, SEAL, TokenSealer.hostKey(base64(HOST.getPublic())));
    }

    private static String base64(PublicKey key) {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }

    private static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
