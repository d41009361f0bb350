package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaDeadLettersTest {
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaDeadLetters letters =
            new KafkaDeadLetters(producer, KafkaConfig.withDefaults("broker:9092"), Clock.systemUTC());

    @Test
    void shouldKeepTheRecordByteForByteAndSayWhy() throws Exception {
        // given
        ConsumerRecord<byte[], byte[]> poison =
                new ConsumerRecord<>("requests", 3, 17, new byte[] {1, 2}, new byte[] {(byte) 0xff, 0, 7});
        poison.headers().add("theirs", new byte[] {9});
        Rejection rejection = new Rejection(
                new Problem(ErrorCode.EVENT_MALFORMED, "is no JSON"),
                "/cluster",
                new Rejection.Sender("we st", "n1", "e1", null, null));
        // when
        letters.reject(poison, rejection);
        // then
        ProducerRecord<byte[], byte[]> letter = producer.history().getFirst();
        assertThat(letter.topic()).isEqualTo("nodejoin.requests.v1-dlt");
        assertThat(letter.key()).containsExactly(1, 2);
        assertThat(letter.value()).containsExactly(0xff, 0, 7);
        assertThat(letter.headers().lastHeader("theirs").value()).containsExactly(9);
        assertThat(header(letter, "nodejoin.dlt.reason")).isEqualTo("EVENT_MALFORMED");
        assertThat(header(letter, "nodejoin.dlt.detail")).isEqualTo("is no JSON");
        assertThat(header(letter, "nodejoin.dlt.field")).isEqualTo("/cluster");
        assertThat(header(letter, "nodejoin.dlt.original.offset")).isEqualTo("17");
    }

    @Test
    void shouldNotRepeatWhatTheSenderSaysInItsName() throws Exception {
        // given
        ConsumerRecord<byte[], byte[]> poison = new ConsumerRecord<>("requests", 3, 17, new byte[] {1}, new byte[] {2});
        poison.headers().add("nodejoin.dlt.field", "/forged".getBytes(StandardCharsets.UTF_8));
        poison.headers().add("Nodejoin.DLT.reason", "INTERNAL".getBytes(StandardCharsets.UTF_8));
        Rejection rejection = new Rejection(
                new Problem(ErrorCode.EVENT_MALFORMED, "is no JSON"),
                null,
                new Rejection.Sender("west", "n1", "e1", null, null));
        // when
        letters.reject(poison, rejection);
        // then
        ProducerRecord<byte[], byte[]> letter = producer.history().getFirst();
        assertThat(letter.headers().lastHeader("nodejoin.dlt.field")).isNull();
        assertThat(letter.headers().lastHeader("Nodejoin.DLT.reason")).isNull();
        assertThat(header(letter, "nodejoin.dlt.reason")).isEqualTo("EVENT_MALFORMED");
    }

    @Test
    void shouldTellNobodyOfARejectionWhoseDeadLetterIsNotThere() {
        // given
        MockProducer<byte[], byte[]> withoutLetters =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> sent) {
                        return sent.topic().endsWith("-dlt")
                                ? CompletableFuture.failedFuture(new TimeoutException("no leader"))
                                : super.send(sent);
                    }
                };
        KafkaDeadLetters unavailable =
                new KafkaDeadLetters(withoutLetters, KafkaConfig.withDefaults("broker:9092"), Clock.systemUTC());
        ConsumerRecord<byte[], byte[]> poison = new ConsumerRecord<>("requests", 3, 17, new byte[] {1}, new byte[] {2});
        Rejection rejection = new Rejection(
                new Problem(ErrorCode.EVENT_MALFORMED, "is no JSON"),
                null,
                new Rejection.Sender("west", "n1", "e1", null, null));
        // when, then
        assertThatThrownBy(() -> unavailable.reject(poison, rejection)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(withoutLetters.history()).isEmpty();
    }

    @Test
    void shouldPublishRejectedEventWithAnIdThatARepeatSharesAndTheSameKey() throws Exception {
        // given
        ConsumerRecord<byte[], byte[]> poison = new ConsumerRecord<>("requests", 3, 17, new byte[] {1}, new byte[] {2});
        Rejection rejection = new Rejection(
                new Problem(ErrorCode.UNKNOWN_CLUSTER, "unknown"),
                null,
                new Rejection.Sender("a b/c", "n1", "e1", null, null));
        // when
        letters.reject(poison, rejection);
        letters.reject(poison, rejection);
        // then
        ProducerRecord<byte[], byte[]> event = producer.history().get(1);
        assertThat(event.topic()).isEqualTo("nodejoin.events.v1");
        assertThat(event.key()).containsExactly(1);
        assertThat(header(event, "ce_type")).isEqualTo("io.nodejoin.join.rejected.v1");
        assertThat(header(event, "ce_id"))
                .isEqualTo("requests/3/17/rejected")
                .isEqualTo(header(producer.history().get(3), "ce_id"));
        assertThat(new String(event.value(), StandardCharsets.UTF_8)).contains("\"requestId\":\"e1\"");
    }

    @Test
    void shouldAnswerWithoutADeadLetter() throws Exception {
        // given
        ConsumerRecord<byte[], byte[]> cancel = new ConsumerRecord<>("requests", 3, 17, new byte[] {1}, new byte[] {2});
        Rejection rejection = new Rejection(
                new Problem(ErrorCode.NOT_ABORTABLE, "nothing runs"),
                null,
                new Rejection.Sender("west", "n1", "e1", null, null));
        // when
        letters.answer(cancel, rejection);
        // then
        assertThat(producer.history()).singleElement().satisfies(event -> {
            assertThat(event.topic()).isEqualTo("nodejoin.events.v1");
            assertThat(new String(event.value(), StandardCharsets.UTF_8))
                    .contains("\"requestId\":\"e1\"", "\"reason\":\"NOT_ABORTABLE\"");
        });
    }

    @Test
    void shouldTellOfARecordThatIsTooLargeForTheTopicWithoutItsContent() throws Exception {
        // given
        MockProducer<byte[], byte[]> small = new SmallRecordsOnly();
        ConsumerRecord<byte[], byte[]> poison =
                new ConsumerRecord<>("requests", 3, 17, new byte[2_000], new byte[2_000_000]);
        Rejection rejection =
                new Rejection(new Problem(ErrorCode.EVENT_MALFORMED, "is too long"), null, Rejection.Sender.UNKNOWN);
        // when
        new KafkaDeadLetters(small, KafkaConfig.withDefaults("broker:9092"), Clock.systemUTC())
                .reject(poison, rejection);
        // then
        assertThat(small.history()).hasSize(2);
        ProducerRecord<byte[], byte[]> letter = small.history().getFirst();
        assertThat(letter.topic()).isEqualTo("nodejoin.requests.v1-dlt");
        assertThat(letter.value()).isEmpty();
        assertThat(header(letter, "nodejoin.dlt.omitted")).contains("value");
        assertThat(header(letter, "nodejoin.dlt.reason")).isEqualTo("EVENT_MALFORMED");
        assertThat(header(letter, "nodejoin.dlt.original.partition")).isEqualTo("3");
        assertThat(header(letter, "nodejoin.dlt.original.offset")).isEqualTo("17");
        assertThat(header(small.history().getLast(), "ce_type")).isEqualTo("io.nodejoin.join.rejected.v1");
    }

    /** Answers as a producer does whose broker takes records of up to a thousand bytes. */
    private static final class SmallRecordsOnly extends MockProducer<byte[], byte[]> {
        SmallRecordsOnly() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> wanted) {
            int size = (wanted.key() == null ? 0 : wanted.key().length) + wanted.value().length;
            return size > 1_000
                    ? CompletableFuture.failedFuture(new RecordTooLargeException("too large"))
                    : super.send(wanted);
        }
    }

    private static String header(ProducerRecord<byte[], byte[]> found, String name) {
        return new String(found.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
