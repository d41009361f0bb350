package io.nodejoin.client.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.nodejoin.client.config.UnencryptedPayloads;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.temporal.UnreadablePayloadException;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.payload.codec.PayloadCodecException;
import io.temporal.payload.context.WorkflowSerializationContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadEncryptionTest {
    private static final Payload PLAIN =
            DefaultDataConverter.STANDARD_INSTANCE.toPayload("10.0.0.7").orElseThrow();
    private static final WorkflowSerializationContext W1 = new WorkflowSerializationContext("default", "w1");
    private static final WorkflowSerializationContext W2 = new WorkflowSerializationContext("default", "w2");

    @TempDir
    private Path directory;

    private final AtomicLong nanos = new AtomicLong();
    private Path file = Path.of("");

    @BeforeEach
    void makeKeys() throws IOException {
        file = directory.resolve("payload-keys.jwks");
        write("a");
    }

    @Test
    void shouldHideThePayloadAndGiveItBackUnchanged() {
        // given
        PayloadEncryption codec = codec(UnencryptedPayloads.REFUSE);
        // when
        Payload stored = encode(codec, PLAIN);
        // then
        assertThat(stored.toString()).doesNotContain("10.0.0.7");
        assertThat(stored.getMetadataOrThrow("encoding").toStringUtf8()).isEqualTo("binary/encrypted");
        assertThat(stored.getMetadataOrThrow("encryption-key-id").toStringUtf8())
                .isEqualTo("a");
        assertThat(decode(codec, stored)).isEqualTo(PLAIN);
    }

    @Test
    void shouldNeverStoreTheSameTwice() {
        // given
        PayloadEncryption codec = codec(UnencryptedPayloads.REFUSE);
        // when, then
        assertThat(encode(codec, PLAIN)).isNotEqualTo(encode(codec, PLAIN));
    }

    @Test
    void shouldRefuseAPayloadOfAnotherWorkflowAndOneOfNone() {
        // given
        PayloadEncryption codec = codec(UnencryptedPayloads.REFUSE);
        Payload stored = encode(codec.withContext(W1), PLAIN);
        Payload ofNone = encode(codec, PLAIN);
        // when, then
        assertThat(decode(codec.withContext(W1), stored)).isEqualTo(PLAIN);
        assertThat(decode(codec, stored)).as("for whoever reads it only").isEqualTo(PLAIN);
        assertUnreadable(codec.withContext(W2), stored, "a payload of w2 was made for w1");
        assertUnreadable(codec.withContext(W1), ofNone, "a payload of w1 was made for null");
    }

    @Test
    void shouldRefuseAPayloadThatWasChanged() {
        // given
        PayloadEncryption codec = codec(UnencryptedPayloads.REFUSE);
        String stored = encode(codec, PLAIN).getData().toStringUtf8();
        String[] parts = stored.split("\\.");
        parts[0] = base64("{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"a\",\"wid\":\"w1\"}");
        // The last character of a tag has bits that mean nothing.
        int tag = stored.lastIndexOf('.') + 1;
        String otherTag =
                stored.substring(0, tag) + (stored.charAt(tag) == 'A' ? 'B' : 'A') + stored.substring(tag + 1);
        // when, then
        assertUnreadable(codec, encrypted(String.join(".", parts)), "was changed");
        assertUnreadable(codec, encrypted(otherTag), "was changed");
        assertUnreadable(codec, encrypted("nonsense"), "was changed");
    }

    @Test
    void shouldRefuseOtherAlgorithms() {
        // given
        PayloadEncryption codec = codec(UnencryptedPayloads.REFUSE);
        String header = base64("{\"alg\":\"none\",\"enc\":\"A128CBC-HS256\",\"kid\":\"a\"}");
        // when, then
        assertUnreadable(codec, encrypted(header + "....AAAA"), "was changed");
    }

    @Test
    void shouldRefuseWhatIsNotEncryptedUnlessItIsAllowed() {
        // when, then
        assertUnreadable(codec(UnencryptedPayloads.REFUSE), PLAIN, "a payload is not encrypted");
        assertThat(decode(codec(UnencryptedPayloads.ALLOW), PLAIN)).isEqualTo(PLAIN);
        assertThat(encode(codec(UnencryptedPayloads.ALLOW), PLAIN)).isNotEqualTo(PLAIN);
    }

    @Test
    void shouldReadTheKeysAgainForAKeyThatItDoesNotKnow() throws IOException {
        // given another replica that has the new file already
        PayloadEncryption codec = codec(UnencryptedPayloads.REFUSE);
        write("b", "a");
        Payload stored = encode(codec(UnencryptedPayloads.REFUSE), PLAIN);
        // when
        assertUnreadable(codec, stored, "the key b, which is not in " + file);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        // then
        assertThat(decode(codec, stored)).isEqualTo(PLAIN);
    }

    @Test
    void shouldEncryptWithTheFirstKeyOnceItHasReadTheFileAgain() throws IOException {
        // given
        PayloadEncryption codec = codec(UnencryptedPayloads.REFUSE);
        Payload before = encode(codec, PLAIN);
        write("b", "a");
        // when
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        // then
        assertThat(encode(codec, PLAIN).getMetadataOrThrow("encryption-key-id").toStringUtf8())
                .isEqualTo("b");
        assertThat(decode(codec, before)).isEqualTo(PLAIN);
    }

    @Test
    void shouldKeepItsKeysWhileTheFileCannotBeRead() throws IOException {
        // given
        PayloadKeys keys = new PayloadKeys(file, nanos::get);
        PayloadEncryption codec = new PayloadEncryption(keys, UnencryptedPayloads.REFUSE);
        Payload before = encode(codec, PLAIN);
        // when
        Files.delete(file);
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        // then
        assertThat(decode(codec, before)).isEqualTo(PLAIN);
        assertThat(keys.problem()).map(Problem::code).contains(ErrorCode.TEMPORAL_CREDENTIALS_INVALID);
    }

    @Test
    void shouldSendNothingInPlainTextWithoutAKey() {
        // given
        PayloadEncryption codec = new PayloadEncryption(
                new PayloadKeys(directory.resolve("missing"), nanos::get), UnencryptedPayloads.ALLOW);
        // when, then
        assertThatThrownBy(() -> encode(codec, PLAIN))
                .isInstanceOf(PayloadCodecException.class)
                .hasMessageContaining("there is no file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'keys':[]}                                       | it has no keys",
                "c2VjcmV0c2VjcmV0                                  | it cannot be parsed",
                "{'keys':[{'kty':'oct','k':'c2VjcmV0'}]}           | a key has no kid",
                "{'keys':[{'kty':'oct','kid':'a','k':'c2VjcmV0'}]} | the key a is not of type oct with 256 bits"
            })
    void shouldSayWhatIsWrongWithTheFileAndNeverWhatItHolds(String content, String reason) throws IOException {
        // given
        Files.writeString(file, content.replace('\'', '"'));
        // when
        Problem problem = new PayloadKeys(file, nanos::get).problem().orElseThrow();
        // then
        assertThat(problem.code()).isEqualTo(ErrorCode.TEMPORAL_CREDENTIALS_INVALID);
        assertThat(problem.detail()).contains(file.toString(), reason).doesNotContain("c2VjcmV0");
    }

    private PayloadEncryption codec(UnencryptedPayloads unencrypted) {
        return new PayloadEncryption(new PayloadKeys(file, nanos::get), unencrypted);
    }

    private void write(String... ids) throws IOException {
        String keys = Stream.of(ids)
                .map(id -> "{\"kty\":\"oct\",\"kid\":\"%s\",\"k\":\"%s\"}".formatted(id, base64(id.repeat(32))))
                .collect(Collectors.joining(","));
        Files.writeString(file, "{\"keys\":[" + keys + "]}");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Payload encrypted(String compact) {
        return Payload.newBuilder()
                .putMetadata("encoding", ByteString.copyFromUtf8(DataConverters.ENCRYPTED))
                .setData(ByteString.copyFromUtf8(compact))
                .build();
    }

    private static void assertUnreadable(PayloadEncryption codec, Payload payload, String reason) {
        assertThatThrownBy(() -> decode(codec, payload))
                .isInstanceOf(UnreadablePayloadException.class)
                .hasMessageStartingWith("TEMPORAL_PAYLOAD_UNREADABLE: ")
                .hasMessageContaining(reason);
    }

    private static Payload encode(PayloadEncryption codec, Payload payload) {
        return codec.encode(List.of(payload)).getFirst();
    }

    private static Payload decode(PayloadEncryption codec, Payload payload) {
        return codec.decode(List.of(payload)).getFirst();
    }
}
