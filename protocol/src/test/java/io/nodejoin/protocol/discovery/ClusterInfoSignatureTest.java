package io.nodejoin.protocol.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterInfoSignatureTest {
    private static final String KUBECONFIG = "apiVersion: v1\nkind: Config\n";
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");
    private static final String SIGNATURE =
            "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9..vH_kT4yiol-nrAWgjfCYqvum5wsKETXe0S7OOp1VgnE";
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int SAMPLES = 1000;
    private static final int HMAC_BLOCK = 64;
    private static final String OTHER_SIDE = "Hello from the other side. I must have called a thousand times.";
    private static final String JOSHUA = "eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..";
    private static final String ABCDEF = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9..";

    static Stream<Arguments> vectors() {
        return Stream.of(
                Arguments.of("abcdef", "0123456789abcdef", KUBECONFIG, SIGNATURE),
                Arguments.of("abcdef", "0123456789abcdef", "", ABCDEF + "MO2tlCpY1xB334qWeOe_XEv9c6DIMRNmKJZImOzY17k"),
                Arguments.of(
                        "abcdef",
                        "0123456789abcdef",
                        "grüße\n",
                        ABCDEF + "grDAm4CcjQJkdPD9UQNDXITkMOWMiZdLnFmGizpLeFk"),
                Arguments.of(
                        "joshua",
                        "my voice is my passcode",
                        OTHER_SIDE,
                        JOSHUA + "VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8"),
                Arguments.of(
                        "joshua",
                        "my voice is my passcode",
                        "",
                        JOSHUA + "7Ui1ALizW4jXphVUB7xUqC9vLYLL9RZeOFfVLoB7Tgk"),
                Arguments.of("joshua", "", OTHER_SIDE, JOSHUA + "UfkqvDGiIFxrMnFseDj9LYJOLNrvjW8aHhF71mvvAs8"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldSignByteForByteAsKubernetesDoes(String id, String secret, String content, String expected) {
        assertThat(ClusterInfoSignature.sign(id, secret, content)).isEqualTo(expected);
    }

    @Test
    void shouldVerifyItsOwnSignature() {
        assertThat(ClusterInfoSignature.sign(TOKEN, KUBECONFIG)).isEqualTo(SIGNATURE);
        assertThat(ClusterInfoSignature.verify(TOKEN, KUBECONFIG, SIGNATURE)).isTrue();
    }

    @Test
    void shouldEqualTheJoseLibraryForAnyTokenAndText() throws GeneralSecurityException {
        // given
        long seed = Long.getLong("nodejoin.seed", System.nanoTime());
        System.err.println("signatures of random tokens and texts: -Dnodejoin.seed=" + seed);
        Random random = new Random(seed);

        for (int i = 0; i < SAMPLES; i++) {
            BootstrapToken token = new BootstrapToken(new TokenId(word(random, 6)), word(random, 16));
            String text = text(random);

            // when
            String signature = ClusterInfoSignature.sign(token, text);

            // then
            String expected = detachedJws(token, text);
            assertThat(signature).isEqualTo(expected);
            assertThat(ClusterInfoSignature.verify(token, text, expected)).isTrue();
            assertThat(ClusterInfoSignature.verify(token, text + " ", expected)).isFalse();
        }
    }

    private static String word(Random random, int length) {
        return random.ints(length, 0, ALPHABET.length())
                .collect(StringBuilder::new, (word, at) -> word.append(ALPHABET.charAt(at)), StringBuilder::append)
                .toString();
    }

    /** Any characters, with one that needs two units of UTF-16 every now and then. */
    private static String text(Random random) {
        int[] characters = random.ints(random.nextInt(4000), 1, 0x2_0000)
                .filter(character -> !Character.isSurrogate((char) character) || character > 0xffff)
                .toArray();
        return new String(characters, 0, characters.length);
    }

    /** By RFC 7515 section 5.1 and appendix F, with the MAC by the definition in RFC 2104. */
    private static String detachedJws(BootstrapToken token, String text) throws GeneralSecurityException {
        String header =
                base64Url(bytes("{\"alg\":\"HS256\",\"kid\":\"" + token.id().value() + "\"}"));
        byte[] input = bytes(header + "." + base64Url(bytes(text)));
        byte[] inner = Arrays.copyOf(bytes(token.secret()), HMAC_BLOCK);
        byte[] outer = inner.clone();
        for (int i = 0; i < HMAC_BLOCK; i++) {
            inner[i] ^= 0x36;
            outer[i] ^= 0x5c;
        }
        return header + ".." + base64Url(sha256(outer, sha256(inner, input)));
    }

    private static byte[] sha256(byte[] first, byte[] second) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(first);
        return digest.digest(second);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** By RFC 7515 appendix C. */
    private static String base64Url(byte[] bytes) {
        return Base64.getEncoder()
                .encodeToString(bytes)
                .replace("=", "")
                .replace('+', '-')
                .replace('/', '_');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                SIGNATURE + "foo",
                "eyJhbGciOiJub25lIiwia2lkIjoiYWJjZGVmIn0..",
                "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9..MO2tlCpY1xB334qWeOe_XEv9c6DIMRNmKJZImOzY17k",
                "eyJraWQiOiJhYmNkZWYiLCJhbGciOiJIUzI1NiJ9..vH_kT4yiol-nrAWgjfCYqvum5wsKETXe0S7OOp1VgnE"
            })
    void shouldNotVerifyAnyOtherText(String signature) {
        assertThat(ClusterInfoSignature.verify(TOKEN, KUBECONFIG, signature)).isFalse();
    }

    @Test
    void shouldNotVerifyForAnotherTokenOrText() {
        // given
        BootstrapToken sameSecret = BootstrapToken.parse("abcdeg.0123456789abcdef");
        BootstrapToken sameId = BootstrapToken.parse("abcdef.0123456789abcdeg");

        // then
        assertThat(ClusterInfoSignature.verify(sameSecret, KUBECONFIG, SIGNATURE))
                .isFalse();
        assertThat(ClusterInfoSignature.verify(sameId, KUBECONFIG, SIGNATURE)).isFalse();
        assertThat(ClusterInfoSignature.verify(TOKEN, KUBECONFIG + "\n", SIGNATURE))
                .isFalse();
    }
}
