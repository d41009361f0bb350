package io.nodejoin.testbed.canary;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SecretScannerTest {
    private static final String TOKEN = "0123456789abcdef";
    /** Gives both characters in which the two alphabets of base64 differ. */
    private static final byte[] KEY = key();

    private final SecretScanner scanner = new SecretScanner(List.of(Canary.of("token", TOKEN), new Canary("key", KEY)));

    private static byte[] key() {
        byte[] key = new byte[20];
        new Random(7).nextBytes(key);
        key[5] = (byte) 0xfb;
        key[6] = (byte) 0xff;
        key[7] = (byte) 0xbf;
        return key;
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindSecretInEveryEncodingWhereverItStandsInAText(Encoding encoding) {
        for (int before = 0; before < 7; before++) {
            // given
            byte[] text = around("x".repeat(before), KEY, " and more");
            byte[] content = around("sink: ", encoding.encode(text), " end");

            // when
            List<SecretMatch> finds = scanner.scan(content);

            // then
            assertThat(finds)
                    .extracting(SecretMatch::canary)
                    .as("%d before", before)
                    .containsOnly("key");
            assertThat(finds).anyMatch(find -> find.compressed() || find.encoding() == encoding);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindTextAsWellAsBytes(Encoding encoding) {
        // given
        byte[] content = encoding.encode(("{\"token\":\"abcdef." + TOKEN + "\"}").getBytes(StandardCharsets.UTF_8));

        // then
        assertThat(scanner.scan(content)).extracting(SecretMatch::canary).contains("token");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"GZIP", "ZLIB"},
            mode = EnumSource.Mode.EXCLUDE)
    void shouldLookAtWhatIsCompressedInEveryEncoding(Encoding inner) {
        // given
        byte[] compressed = Encoding.GZIP.encode(around("a", inner.encode(KEY), "b"));

        // when
        List<SecretMatch> finds = scanner.scan(around("??", compressed, "??"));

        // then
        assertThat(finds).isNotEmpty().allSatisfy(find -> {
            assertThat(find.canary()).isEqualTo("key");
            assertThat(find.compressed()).isTrue();
            assertThat(find.offset()).isEqualTo(2);
        });
    }

    @Test
    void shouldFindWhatWasInflatedBeforeTheDataBroke() {
        // given
        byte[] compressed = Encoding.GZIP.encode(around(noise(4000), KEY, noise(40_000)));
        byte[] cut = Arrays.copyOf(compressed, compressed.length / 2);

        // then
        assertThat(scanner.scan(cut)).extracting(SecretMatch::canary).containsExactly("key");
    }

    @Test
    void shouldSayWhereItFirstStandsAndSayItOnce() {
        // given
        byte[] content = around("12345", TOKEN.getBytes(StandardCharsets.UTF_8), TOKEN + TOKEN);

        // then
        assertThat(scanner.scan(content)).containsExactly(new SecretMatch("token", Encoding.RAW, false, 5));
    }

    @Test
    void shouldFindNothingWhereNothingIs() {
        Stream.of(
                        "",
                        "0123456",
                        TOKEN.substring(1),
                        TOKEN.substring(0, 15),
                        noise(100_000),
                        "x\u0001x^x\u009c\u001f\u008b\b")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .forEach(content -> assertThat(scanner.scan(content)).isEmpty());
    }

    private static String noise(int length) {
        byte[] noise = new byte[length];
        new Random(11).nextBytes(noise);
        return new String(noise, StandardCharsets.ISO_8859_1);
    }

    private static byte[] around(String before, byte[] secret, String after) {
        byte[] first = before.getBytes(StandardCharsets.ISO_8859_1);
        byte[] last = after.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[first.length + secret.length + last.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(secret, 0, all, first.length, secret.length);
        System.arraycopy(last, 0, all, first.length + secret.length, last.length);
        return all;
    }
}
