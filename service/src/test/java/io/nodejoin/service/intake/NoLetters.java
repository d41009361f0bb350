package io.nodejoin.service.intake;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** For requests that are all valid. */
final class NoLetters implements DeadLetters {
    @Override
    public void reject(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection) {
        throw new AssertionError("a valid request is rejected: " + rejection);
    }

    @Override
    public void answer(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection) {
        throw new AssertionError("a valid request is answered: " + rejection);
    }
}
