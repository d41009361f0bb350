package io.nodejoin.visibility.event;

import io.nodejoin.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record that Nodejoin refused, as it lies on the dead-letter topic.
 *
 * @param reason the error code; empty if the record was not put there by Nodejoin
 * @param field JSON Pointer of the invalid member; null if it is not a single one
 * @param key the record key as text; anything may be in it
 * @param original where the record was, as topic-partition@offset
 */
public record DeadLetter(
        int partition,
        long offset,
        Instant at,
        String reason,
        String detail,
        @Nullable String field,
        @Nullable String key,
        String original,
        int bytes) {
    static final String PREFIX = "nodejoin.dlt.";

    static DeadLetter of(ConsumerRecord<byte[], byte[]> letter) {
        byte[] key = letter.key();
        String field = header(letter, "field");
        return new DeadLetter(
                letter.partition(),
                letter.offset(),
                Instant.ofEpochMilli(letter.timestamp()),
                header(letter, "reason"),
                header(letter, "detail"),
                field.isEmpty() ? null : field,
                key == null ? null : new String(key, StandardCharsets.UTF_8),
                header(letter, "original.topic") + "-" + header(letter, "original.partition") + "@"
                        + header(letter, "original.offset"),
                letter.value() == null ? 0 : letter.value().length);
    }

    /** Returns where it lies, as commands take it: partition/offset. */
    public String position() {
        return partition + "/" + offset;
    }

    /** Returns what to do about the reason; empty if the record was not put there by Nodejoin. */
    public Optional<String> remedy() {
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.name().equals(reason))
                .findFirst()
                .map(ErrorCode::remedy);
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(PREFIX + name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
