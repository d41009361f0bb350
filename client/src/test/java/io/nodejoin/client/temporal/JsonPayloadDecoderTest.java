package io.nodejoin.client.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import io.nodejoin.client.config.TemporalPayloads;
import io.nodejoin.client.config.UnencryptedPayloads;
import io.nodejoin.visibility.payload.PayloadDecoder.Decoded;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.payload.context.WorkflowSerializationContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPayloadDecoderTest {
    private static final Payload PLAIN =
            DefaultDataConverter.STANDARD_INSTANCE.toPayload("10.0.0.7").orElseThrow();

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void makeKeys() throws Exception {
        file = keys("a");
    }

    private Path keys(String id) throws Exception {
        String key = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(id.repeat(32).getBytes(StandardCharsets.US_ASCII));
        return Files.writeString(
                directory.resolve(id + ".jwks"),
                "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"%s\",\"k\":\"%s\"}]}".formatted(id, key));
    }

    private static PayloadEncryption encryption(Path file) {
        return new PayloadEncryption(new PayloadKeys(file, () -> 0), UnencryptedPayloads.REFUSE);
    }

    /** Returns the payload as Temporal stores it of a workflow. */
    private static Payload stored(Path file, String workflow, Payload payload) {
        return encryption(file)
                .withContext(new WorkflowSerializationContext("default", workflow))
                .encode(List.of(payload))
                .getFirst();
    }

    private Payload withoutWorkflow() {
        return encryption(file).encode(List.of(PLAIN)).getFirst();
    }

    private Decoded decode(Payload... payloads) throws Exception {
        String body = JsonFormat.printer()
                .print(Payloads.newBuilder().addAllPayloads(List.of(payloads)).build());
        return new JsonPayloadDecoder(encryption(file))
                .decode(body.getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
    }

    private static List<Payload> payloads(Decoded decoded) throws Exception {
        Payloads.Builder readable = Payloads.newBuilder();
        JsonFormat.parser().merge(decoded.payloads(), readable);
        return readable.getPayloadsList();
    }

    @Test
    void shouldDecodePayloadsOfAnyWorkflowAndNameIt() throws Exception {
        // when
        Decoded decoded = decode(
                stored(file, "w2", PLAIN), stored(file, "w1", PLAIN), stored(file, "w2", PLAIN), withoutWorkflow());

        // then
        assertThat(payloads(decoded)).containsExactly(PLAIN, PLAIN, PLAIN, PLAIN);
        assertThat(decoded.workflows()).containsExactly("w2", "w1");
    }

    @Test
    void shouldLeaveWhatItCannotDecryptAndDecodeTheRest() throws Exception {
        // given
        Payload unknownKey = stored(keys("b"), "w1", PLAIN);
        Payload good = stored(file, "w1", PLAIN);
        String jwe = good.getData().toStringUtf8();
        int tag = jwe.lastIndexOf('.') + 1;
        String other = jwe.substring(0, tag) + (jwe.charAt(tag) == 'A' ? 'B' : 'A') + jwe.substring(tag + 1);
        Payload forged =
                good.toBuilder().setData(ByteString.copyFromUtf8(other)).build();

        // when
        Decoded decoded = decode(unknownKey, forged, PLAIN, good);

        // then
        assertThat(payloads(decoded)).containsExactly(unknownKey, forged, PLAIN, PLAIN);
        assertThat(decoded.workflows()).containsExactly("w1");
    }

    @Test
    void shouldReadTheFormOfTemporalsUi() {
        // given
        String body = "{\"payloads\":[{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},\"data\":\"IjEi\",\"new\":1}]}";

        // when
        Optional<Decoded> decoded =
                new JsonPayloadDecoder(encryption(file)).decode(body.getBytes(StandardCharsets.UTF_8));

        // then
        assertThat(decoded)
                .map(Decoded::payloads)
                .contains("{\"payloads\":[{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},\"data\":\"IjEi\"}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<a>", "[]", "{\"payloads\":[{\"data\":\"*\"}]}", "{\"payloads\":[[]]}", "{\"payloads\":"})
    void shouldRefuseWhatIsNoPayload(String body) {
        // when, then
        assertThat(new JsonPayloadDecoder(encryption(file)).decode(body.getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @Test
    void shouldRefuseADeepOne() {
        // given
        byte[] body = "{\"a\":".repeat(100_000).getBytes(StandardCharsets.UTF_8);

        // when, then
        assertThat(new JsonPayloadDecoder(encryption(file)).decode(body)).isEmpty();
    }

    @Test
    void shouldBeThereOnlyIfItIsConfigured() {
        // when, then
        assertThat(PayloadProtection.of(new TemporalPayloads(file, UnencryptedPayloads.REFUSE, true))
                        .decoder())
                .isPresent();
        assertThat(PayloadProtection.of(new TemporalPayloads(file, UnencryptedPayloads.REFUSE, false))
                        .decoder())
                .isEmpty();
        assertThat(PayloadProtection.of(null).decoder()).isEmpty();
    }
}
