package io.nodejoin.service.intake;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The answers to requests that have no effect: rejected events, and the dead-letter topic. */
public interface DeadLetters {

    /**
     * Copies the record byte for byte to the dead-letter topic and publishes a rejected event; returns once both are
     * acknowledged. Of a record that is too large for the topic, writes only reason and position. A second call adds a
     * second copy with the same position and the same event id.
     */
    void reject(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection)
            throws InterruptedException, ExecutionException, TimeoutException;

    /**
     * Publishes a rejected event without a dead letter, for a request that nobody would send again; returns once it is
     * acknowledged. A second call publishes the same event id again.
     */
    void answer(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection)
            throws InterruptedException, ExecutionException, TimeoutException;
}
