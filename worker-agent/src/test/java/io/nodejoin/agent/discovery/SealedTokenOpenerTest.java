package io.nodejoin.agent.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostCommand.StartKubelet;
import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SealedTokenOpenerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = NOW.plusSeconds(600);
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");
    private static final SealedTokenHeader SEAL = new SealedTokenHeader(JOIN, 1, TOKEN.id(), "uid", END);

    private KeyPair key;
    private SealedTokenOpener opener;

    @BeforeEach
    void makeKey() throws GeneralSecurityException {
        key = newKey();
        opener = new SealedTokenOpener(key.getPrivate(), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private BootstrapToken open(String sealed) {
        StartKubelet command = new StartKubelet(
                URI.create("https://api"),
                List.of(),
                "uid",
                TOKEN.id(),
                sealed,
                TlsBootstrap.AGENT,
                new KubeletSettings(null, null, List.of(), null),
                List.of(),
                null,
                null,
                null);
        return opener.open(new Assignment("a", JOIN, new NodeName("w1"), 1, 1, END, command), command);
    }

    private static String seal(KeyPair key, SealedTokenHeader seal, String typ, String alg, String enc, String token)
            throws JoseException {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmHeaderValue(alg);
        jwe.setEncryptionMethodHeaderParameter(enc);
        jwe.setHeader("typ", typ);
        seal.parameters().forEach(jwe::setHeader);
        jwe.setKey(key.getPublic());
        jwe.setPayload(token);
        return jwe.getCompactSerialization();
    }

    @Test
    void shouldOpenTokenSealedForThisAssignment() throws JoseException {
        // given
        String sealed = seal(
                key, SEAL, SealedTokenHeader.TYP, SealedTokenHeader.ALG, SealedTokenHeader.ENC, TOKEN.bearerToken());

        // when
        BootstrapToken token = open(sealed);

        // then
        assertThat(token).isEqualTo(TOKEN);
    }

    record Variant(String name, SealedTokenHeader seal, String typ, String alg, String enc, String token) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Variant> shouldRejectATokenSealedByOtherAlgorithms() {
        String typ = SealedTokenHeader.TYP;
        String alg = SealedTokenHeader.ALG;
        String enc = SealedTokenHeader.ENC;
        String wire = TOKEN.bearerToken();
        TokenId other = new TokenId("zzzzzz");
        return Stream.of(
                new Variant(
                        "join",
                        new SealedTokenHeader(JoinId.of("test", "2"), 1, TOKEN.id(), "uid", END),
                        typ,
                        alg,
                        enc,
                        wire),
                new Variant("attempt", new SealedTokenHeader(JOIN, 2, TOKEN.id(), "uid", END), typ, alg, enc, wire),
                new Variant("token id", new SealedTokenHeader(JOIN, 1, other, "uid", END), typ, alg, enc, wire),
                new Variant("cluster", new SealedTokenHeader(JOIN, 1, TOKEN.id(), "other", END), typ, alg, enc, wire),
                new Variant(
                        "expired",
                        new SealedTokenHeader(JOIN, 1, TOKEN.id(), "uid", NOW.minusSeconds(301)),
                        typ,
                        alg,
                        enc,
                        wire),
                new Variant("typ", SEAL, "JWT", alg, enc, wire),
                new Variant("alg", SEAL, typ, "ECDH-ES+A128KW", enc, wire),
                new Variant("enc", SEAL, typ, alg, "A128GCM", wire),
                new Variant("payload", SEAL, typ, alg, enc, "no token"),
                new Variant("other token", SEAL, typ, alg, enc, "zzzzzz.0123456789abcdef"));
    }

    @ParameterizedTest
    @MethodSource
    void shouldRejectATokenSealedByOtherAlgorithms(Variant variant) throws JoseException {
        // given
        String sealed = seal(key, variant.seal(), variant.typ(), variant.alg(), variant.enc(), variant.token());

        // when
        ThrowingCallable open = () -> open(sealed);

        // then
        assertThatThrownBy(open).hasMessageContaining("TOKEN_SEAL_INVALID").hasMessageNotContaining(TOKEN.secret());
    }

    @Test
    void shouldRejectATokenSealedForAnotherHost() throws JoseException, GeneralSecurityException {
        // given
        String sealed = seal(
                newKey(),
                SEAL,
                SealedTokenHeader.TYP,
                SealedTokenHeader.ALG,
                SealedTokenHeader.ENC,
                TOKEN.bearerToken());

        // when
        ThrowingCallable open = () -> open(sealed);

        // then
        assertThatThrownBy(open).hasMessageContaining("TOKEN_SEAL_INVALID");
    }

    @Test
    void shouldRejectTextThatIsNoJwe() {
        // when
        ThrowingCallable open = () -> open("eyJ.x.y.z");

        // then
        assertThatThrownBy(open).hasMessageContaining("TOKEN_SEAL_INVALID");
    }

    @Test
    void shouldRejectAPointThatIsNotOnTheCurve() throws JoseException {
        // given
        String sealed = seal(
                key, SEAL, SealedTokenHeader.TYP, SealedTokenHeader.ALG, SealedTokenHeader.ENC, TOKEN.bearerToken());
        String header = new String(Base64.getUrlDecoder().decode(sealed.substring(0, sealed.indexOf('.'))), UTF_8);
        for (String point : List.of("AA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE", "_".repeat(60))) {
            String other = header.replaceFirst("\"x\":\"[^\"]*\"", "\"x\":\"" + point + "\"");
            String forged = Base64.getUrlEncoder().withoutPadding().encodeToString(other.getBytes(UTF_8))
                    + sealed.substring(sealed.indexOf('.'));

            // when
            ThrowingCallable open = () -> open(forged);

            // then
            assertThat(other).isNotEqualTo(header);
            assertThatThrownBy(open).hasMessageContaining("TOKEN_SEAL_INVALID");
        }
    }
}
