package io.nodejoin.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.key.TestKeys;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostCommand.StartKubelet;
import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.hostile.Fuzzing;
import io.nodejoin.protocol.hostile.Mutator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

class SealedTokenOpenerFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = NOW.plusSeconds(600);
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");

    private final KeyPair key = TestKeys.generate();
    private final String sealed = seal();
    private final SealedTokenOpener opener = new SealedTokenOpener(key.getPrivate(), Clock.fixed(NOW, ZoneOffset.UTC));

    private String seal() {
        try {
            JsonWebEncryption jwe = new JsonWebEncryption();
            jwe.setAlgorithmHeaderValue(SealedTokenHeader.ALG);
            jwe.setEncryptionMethodHeaderParameter(SealedTokenHeader.ENC);
            jwe.setHeader("typ", SealedTokenHeader.TYP);
            new SealedTokenHeader(JOIN, 1, TOKEN.id(), "uid", END).parameters().forEach(jwe::setHeader);
            jwe.setKey(key.getPublic());
            jwe.setPayload(TOKEN.bearerToken());
            return jwe.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldOpenNothingButTheGenuineJwe() {
        Fuzzing.check("JWE", mutator -> {
            // given
            String changed = changed(mutator);
            StartKubelet command = new StartKubelet(
                    URI.create("https://api"),
                    List.of(),
                    "uid",
                    TOKEN.id(),
                    changed,
                    TlsBootstrap.AGENT,
                    new KubeletSettings(null, null, List.of(), null),
                    List.of(),
                    null,
                    null,
                    null);

            // when
            BootstrapToken token;
            try {
                token = opener.open(new Assignment("a", JOIN, new NodeName("w1"), 1, 1, END, command), command);
            } catch (HostException e) {
                assertThat(e.problem().code()).isEqualTo(ErrorCode.TOKEN_SEAL_INVALID);
                assertThat(e.problem().detail()).matches("[ -~]{1,200}").doesNotContain(TOKEN.secret());
                return;
            }

            // then
            assertThat(token).isEqualTo(TOKEN);
            assertThat(parts(changed)).isEqualTo(parts(sealed));
        });
    }

    /** Base64 leaves a few bits of a last character without a meaning, and may be padded. */
    private static List<String> parts(String jwe) {
        return List.of(jwe.split("\\.", -1)).stream()
                .map(part -> new String(Base64.getUrlDecoder().decode(part), StandardCharsets.ISO_8859_1))
                .toList();
    }

    private String changed(Mutator mutator) {
        if (mutator.nextInt(3) == 0) {
            return mutator.mutateText(sealed);
        }
        String[] parts = sealed.split("\\.", -1);
        int at = mutator.nextInt(3) == 0 ? mutator.nextInt(parts.length) : 0;
        byte[] part = Base64.getUrlDecoder().decode(parts[at]);
        byte[] other = at == 0 && mutator.nextInt(3) > 0
                ? mutator.mutateJson(new String(part, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8)
                : mutator.mutateBytes(part);
        parts[at] = Base64.getUrlEncoder().withoutPadding().encodeToString(other);
        return String.join(".", parts);
    }
}
