package io.nodejoin.gateway.agentca;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.TestPki;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AgentPublicKeyTest {

    @Test
    void shouldAcceptP256Key() {
        // given
        KeyPair keys = TestPki.keyPair();
        // when
        var key = AgentPublicKey.parse(TestPki.base64(keys));
        // then
        assertThat(key).get().extracting(AgentPublicKey::base64).isEqualTo(TestPki.base64(keys));
    }

    @ParameterizedTest
    @MethodSource("otherKeys")
    void shouldRefuseWhatIsNoP256Key(String text) {
        // given text when
        var key = AgentPublicKey.parse(text);
        // then
        assertThat(key).isEmpty();
    }

    static Stream<String> otherKeys() {
        byte[] good = TestPki.keyPair().getPublic().getEncoded();
        byte[] zeroPoint = good.clone();
        Arrays.fill(zeroPoint, zeroPoint.length - 64, zeroPoint.length, (byte) 0);
        byte[] offCurve = good.clone();
        offCurve[offCurve.length - 1] ^= 1;
        return Stream.of(
                "",
                "not base64!",
                encode(new byte[91]),
                encode(zeroPoint),
                encode(offCurve),
                encode(Arrays.copyOf(good, good.length + 1)),
                encode(Arrays.copyOf(good, good.length - 1)),
                TestPki.base64(TestPki.keyPair("secp384r1")));
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
