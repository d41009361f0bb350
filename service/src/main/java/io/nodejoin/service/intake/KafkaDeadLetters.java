package io.nodejoin.service.intake;

import io.nodejoin.activities.kafka.EventRecords;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.protocol.event.JoinRejected;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Writes dead letters and rejected events to Kafka. */
public final class KafkaDeadLetters implements DeadLetters {
    private static final long ACKNOWLEDGED_WITHIN_SECONDS = 15;

    /** The sender of a record must not write what only this service says of it. */
    private static final String OWN_HEADERS = "nodejoin.dlt.";

    private final Producer<byte[], byte[]> producer;
    private final KafkaConfig kafka;
    private final Clock clock;

    public KafkaDeadLetters(Producer<byte[], byte[]> producer, KafkaConfig kafka, Clock clock) {
        this.producer = producer;
        this.kafka = kafka;
        this.clock = clock;
    }

    @Override
    public void reject(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection)
            throws InterruptedException, ExecutionException, TimeoutException {
        // Who hears of a rejection finds its dead letter.
        if (!isAccepted(producer.send(deadLetter(kafkaRecord, rejection)))) {
            await(producer.send(emptyLetter(kafkaRecord, rejection)));
        }
        sendEvent(kafkaRecord, rejection);
    }

    @Override
    public void answer(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection)
            throws InterruptedException, ExecutionException, TimeoutException {
        sendEvent(kafkaRecord, rejection);
    }

    /** Without the key, if the record with it is too large. */
    private void sendEvent(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!isAccepted(producer.send(rejectedEvent(kafkaRecord.key(), kafkaRecord, rejection)))) {
            await(producer.send(rejectedEvent(null, kafkaRecord, rejection)));
        }
    }

    /** Returns false if the record is too large, which no retry can change: it must not block the records behind it. */
    private static boolean isAccepted(Future<RecordMetadata> sent)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            await(sent);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException) {
                return false;
            }
            throw e;
        }
    }

    private static void await(Future<RecordMetadata> sent)
            throws InterruptedException, ExecutionException, TimeoutException {
        sent.get(ACKNOWLEDGED_WITHIN_SECONDS, TimeUnit.SECONDS);
    }

    private ProducerRecord<byte[], byte[]> deadLetter(ConsumerRecord<byte[], byte[]> original, Rejection rejection) {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(kafka.deadLetterTopic(), null, original.key(), original.value());
        for (Header header : original.headers()) {
            if (!header.key().toLowerCase(Locale.ROOT).startsWith(OWN_HEADERS)) {
                letter.headers().add(header);
            }
        }
        return withReason(letter, original, rejection);
    }

    private ProducerRecord<byte[], byte[]> emptyLetter(ConsumerRecord<byte[], byte[]> original, Rejection rejection) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(kafka.deadLetterTopic(), null, new byte[0]);
        add(letter.headers(), "nodejoin.dlt.omitted", "key, value and headers: the topic takes no record of this size");
        return withReason(letter, original, rejection);
    }

    private static ProducerRecord<byte[], byte[]> withReason(
            ProducerRecord<byte[], byte[]> letter, ConsumerRecord<byte[], byte[]> original, Rejection rejection) {
        Headers headers = letter.headers();
        add(headers, "nodejoin.dlt.reason", rejection.problem().code().name());
        add(headers, "nodejoin.dlt.detail", rejection.problem().detail());
        if (rejection.field() != null) {
            add(headers, "nodejoin.dlt.field", rejection.field());
        }
        add(headers, "nodejoin.dlt.original.topic", original.topic());
        add(headers, "nodejoin.dlt.original.partition", Integer.toString(original.partition()));
        add(headers, "nodejoin.dlt.original.offset", Long.toString(original.offset()));
        add(headers, "nodejoin.dlt.original.timestamp", Long.toString(original.timestamp()));
        return letter;
    }

    private ProducerRecord<byte[], byte[]> rejectedEvent(
            byte @Nullable [] key, ConsumerRecord<byte[], byte[]> original, Rejection rejection) {
        Rejection.Sender sender = rejection.request();
        JoinRejected rejected = new JoinRejected(
                sender.cluster(),
                sender.nodeName(),
                sender.requestId(),
                rejection.problem().code(),
                rejection.field(),
                rejection.problem().detail(),
                sender.pool());
        String id = JoinRejected.eventId(original.topic(), original.partition(), original.offset());
        return EventRecords.toRecord(kafka.eventsTopic(), key, id, source(sender), clock.instant(), rejected);
    }

    private static URI source(Rejection.Sender sender) {
        // The cluster of an invalid request may be any text, and an event's source is a URI.
        return sender.cluster() == null
                ? URI.create("/nodejoin")
                : URI.create("/nodejoin/" + URLEncoder.encode(sender.cluster(), StandardCharsets.UTF_8));
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
