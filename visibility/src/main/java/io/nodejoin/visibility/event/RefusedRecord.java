package io.nodejoin.visibility.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A dead letter with the record that was refused, which may hold anything. */
public record RefusedRecord(DeadLetter letter, ConsumerRecord<byte[], byte[]> found) {
    private static final String OMITTED = DeadLetter.PREFIX + "omitted";

    public static RefusedRecord of(ConsumerRecord<byte[], byte[]> found) {
        return new RefusedRecord(DeadLetter.of(found), found);
    }

    /** Returns whether the topic took the reason only, since the record was too large for it. */
    public boolean isOmitted() {
        return found.headers().lastHeader(OMITTED) != null;
    }

    /** Returns the headers that it was sent with, as they were. */
    public List<Header> sentHeaders() {
        return Arrays.stream(found.headers().toArray())
                .filter(header -> !header.key().startsWith(DeadLetter.PREFIX))
                .toList();
    }

    /** Returns the headers that it was sent with, as text. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        sentHeaders().forEach(header -> headers.put(header.key(), text(header.value())));
        return headers;
    }

    /** Returns its value as text. */
    public String value() {
        return text(found.value());
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
