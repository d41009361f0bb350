package io.nodejoin.service.intake;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where rejected records go. */
public interface DeadLetters {

    /**
     * Puts the record on the dead-letter topic byte for byte and publishes a rejected event; returns once both are
     * acknowledged. Of a record that is too large for the topic only the reason and the place are put there. A repeat adds a second copy with the same coordinates and the same event id.
     */
    void reject(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection)
            throws InterruptedException, ExecutionException, TimeoutException;
}
