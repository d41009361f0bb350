package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.nodejoin.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * One record of the dead-letter topic.
 *
 * @param position where it lies: partition/offset
 * @param headers those of the record that was refused
 */
record DeadLetter(
        String position,
        Instant at,
        String reason,
        String field,
        String detail,
        String original,
        String key,
        Map<String, String> headers,
        String value,
        @JsonIgnore ConsumerRecord<byte[], byte[]> letter) {
    private static final String PREFIX = "nodejoin.dlt.";
    private static final String OMITTED = PREFIX + "omitted";

    static DeadLetter of(ConsumerRecord<byte[], byte[]> letter) {
        return new DeadLetter(
                letter.partition() + "/" + letter.offset(),
                Instant.ofEpochMilli(letter.timestamp()),
                header(letter, "reason"),
                header(letter, "field"),
                header(letter, "detail"),
                "%s-%s@%s"
                        .formatted(
                                header(letter, "original.topic"),
                                header(letter, "original.partition"),
                                header(letter, "original.offset")),
                text(letter.key()),
                originalHeaders(letter),
                text(letter.value()),
                letter);
    }

    /** Returns whether the topic took the reason only, since the record was too large for it. */
    @JsonIgnore
    boolean isOmitted() {
        return letter.headers().lastHeader(OMITTED) != null;
    }

    /** Returns what an operator does about the reason; empty if the record was not put there by Nodejoin. */
    Optional<String> remedy() {
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.name().equals(reason))
                .findFirst()
                .map(ErrorCode::remedy);
    }

    /** Returns the refused record byte for byte, without the headers of the dead letter. */
    ProducerRecord<byte[], byte[]> toRecord(String topic) {
        ProducerRecord<byte[], byte[]> original = new ProducerRecord<>(topic, letter.key(), letter.value());
        for (Header header : letter.headers()) {
            if (!header.key().startsWith(PREFIX)) {
                original.headers().add(header);
            }
        }
        return original;
    }

    private static Map<String, String> originalHeaders(ConsumerRecord<byte[], byte[]> letter) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : letter.headers()) {
            if (!header.key().startsWith(PREFIX)) {
                headers.put(PlainText.of(header.key()), text(header.value()));
            }
        }
        return headers;
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(PREFIX + name);
        return header == null ? "" : text(header.value());
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : PlainText.of(new String(bytes, StandardCharsets.UTF_8));
    }
}
