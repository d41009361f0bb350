package io.nodejoin.client.kafka;

import io.nodejoin.visibility.event.RefusedRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A refused record as it is published again. */
public final class ReplayedRecord {
    private ReplayedRecord() {}

    /** Returns the record byte for byte, with the headers that it was sent with. */
    public static ProducerRecord<byte[], byte[]> of(RefusedRecord refused, String topic) {
        return new ProducerRecord<>(
                topic, null, refused.found().key(), refused.found().value(), refused.sentHeaders());
    }
}
