package io.nodejoin.client.temporal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.nodejoin.client.temporal.PayloadEncryption.Decrypted;
import io.nodejoin.visibility.payload.PayloadDecoder;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;

/** Decrypts payloads in JSON, each for itself. */
final class JsonPayloadDecoder implements PayloadDecoder {
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private final PayloadEncryption encryption;

    JsonPayloadDecoder(PayloadEncryption encryption) {
        this.encryption = encryption;
    }

    @Override
    public Optional<Decoded> decode(byte[] payloads) {
        try {
            Payloads.Builder encrypted = Payloads.newBuilder();
            PARSER.merge(new String(payloads, StandardCharsets.UTF_8), encrypted);
            Payloads.Builder readable = Payloads.newBuilder();
            SequencedSet<String> workflows = new LinkedHashSet<>();
            for (Payload payload : encrypted.getPayloadsList()) {
                Optional<Decrypted> decrypted = encryption.decryptAny(payload);
                readable.addPayloads(decrypted.map(Decrypted::payload).orElse(payload));
                decrypted.map(Decrypted::workflowId).ifPresent(workflows::add);
            }
            return Optional.of(new Decoded(PRINTER.print(readable), workflows));
        } catch (InvalidProtocolBufferException _) {
            return Optional.empty();
        }
    }
}
