package io.nodejoin.visibility.event;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
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

    /** Returns the headers that it was sent with, as text. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : found.headers()) {
            if (!header.key().startsWith(DeadLetter.PREFIX)) {
                headers.put(header.key(), text(header.value()));
            }
        }
        return headers;
    }

    /** Returns its value as text. */
    public String value() {
        return text(found.value());
    }

    /** Returns the refused record byte for byte, without the headers of the dead letter. */
    public ProducerRecord<byte[], byte[]> toRecord(String topic) {
        ProducerRecord<byte[], byte[]> original = new ProducerRecord<>(topic, found.key(), found.value());
        for (Header header : found.headers()) {
            if (!header.key().startsWith(DeadLetter.PREFIX)) {
                original.headers().add(header);
            }
        }
        return original;
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
