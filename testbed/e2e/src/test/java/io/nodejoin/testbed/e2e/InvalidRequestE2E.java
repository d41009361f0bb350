package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.protocol.hostile.HostileText;
import io.nodejoin.protocol.hostile.Mutator;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.kafka.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("real")
@OnSharedBed
class InvalidRequestE2E {
    private static final int PARTITION = 5;
    private static final String ENROLLMENT = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    /** No text in any encoding that matters. */
    private static final byte[] BINARY = {0, (byte) 0xff, (byte) 0xfe, 13, 10, (byte) 0xc3};

    private final SharedBed bed;
    private final KafkaProducer<byte[], byte[]> producer;

    InvalidRequestE2E(SharedBed bed) {
        this.bed = bed;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bed.testBed().kafka().bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void closeProducer() {
        producer.close();
    }

    /** What cannot be used, why, and which member is to blame. */
    enum InvalidRequest {
        NOT_JSON("join me, please", ErrorCode.EVENT_MALFORMED, null),
        NOT_IN_SCHEMA(join("testbed", "poison", "short", ""), ErrorCode.EVENT_MALFORMED, "/enrollment"),
        UNKNOWN_CLUSTER(join("nowhere", "poison", ENROLLMENT, ""), ErrorCode.UNKNOWN_CLUSTER, "/cluster"),
        BAD_NAME(join("testbed", "Poison_1", ENROLLMENT, ""), ErrorCode.INVALID_NODE_NAME, "/nodeName"),
        CLOSED_LABEL(
                join("testbed", "poison", ENROLLMENT, ",\"labels\":{\"node-restriction.kubernetes.io/tenant\":\"a\"}"),
                ErrorCode.LABEL_NOT_ALLOWED,
                "/labels/node-restriction.kubernetes.io~1tenant"),
        EXPIRED(
                join("testbed", "poison", ENROLLMENT, ",\"deadline\":\"2020-02-02T02:02:02Z\""),
                ErrorCode.EVENT_EXPIRED,
                "/deadline");

        private final String value;
        private final ErrorCode reason;
        private final @Nullable String field;

        InvalidRequest(String value, ErrorCode reason, @Nullable String field) {
            this.value = value;
            this.reason = reason;
            this.field = field;
        }

        private static String join(String cluster, String node, String enrollment, String more) {
            return "{\"cluster\":\"%s\",\"nodeName\":\"%s\",\"enrollment\":\"%s\"%s}"
                    .formatted(cluster, node, enrollment, more);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldPutUnusableRecordOnDeadLetterTopicByteForByteAndSayWhy(InvalidRequest invalid) throws Exception {
        // given
        ProducerRecord<byte[], byte[]> original = poison(invalid);

        // when
        RecordMetadata place = send(original);

        // then
        JoinRejected rejected = (JoinRejected) bed.outcomes()
                .awaitId("%s/%d/%d/rejected".formatted(place.topic(), place.partition(), place.offset()))
                .event();
        assertThat(rejected.reason()).isEqualTo(invalid.reason);
        assertThat(rejected.field()).isEqualTo(invalid.field);
        assertThat(rejected.detail()).isNotBlank();
        try (var letters = new DeadLetters(bed.testBed().kafka().bootstrapServers())) {
            ConsumerRecord<byte[], byte[]> letter = letters.awaitLetterOf(place);
            assertThat(letter.key()).isEqualTo(original.key());
            assertThat(letter.value()).isEqualTo(original.value());
            Header[] sent = original.headers().toArray();
            assertThat(Arrays.copyOf(letter.headers().toArray(), sent.length)).isEqualTo(sent);
            assertThat(DeadLetters.header(letter, "nodejoin.dlt.reason")).isEqualTo(invalid.reason.name());
        }
    }

    @Test
    void shouldGoOnWithRequestRightBehindUnusableOnes() throws Exception {
        // given
        HostFixture fixture = bed.newHost("behind");
        String good =
                InvalidRequest.join(SharedBed.CLUSTER.value(), fixture.node().value(), fixture.enrollmentDigest(), "");
        for (InvalidRequest invalid : InvalidRequest.values()) {
            send(poison(invalid));
        }

        // when
        send(event(
                SharedBed.recordKey(fixture.node()).getBytes(StandardCharsets.UTF_8),
                good.getBytes(StandardCharsets.UTF_8)));

        // then
        bed.outcomes().awaitAccepted(fixture.node());
        bed.requests()
                .send(
                        new JoinCancelRequested(SharedBed.CLUSTER, fixture.node(), null, null),
                        SharedBed.recordKey(fixture.node()));
        bed.outcomes().awaitOutcome(fixture.node(), JoinCancelled.class);
    }

    @Test
    void shouldRejectHostileTextsOneByOneAndStartNothing() throws Exception {
        // given
        List<HostileText> texts = HostileText.all();
        Map<RecordMetadata, HostileText> sent = new LinkedHashMap<>();

        // when
        for (int i = 0; i < texts.size(); i += 15) {
            String labels =
                    ",\"labels\":{" + Mutator.quoteJson("-" + texts.get(i).text()) + ":\"a\"}";
            String value = InvalidRequest.join("testbed", "hostile", ENROLLMENT, labels);
            sent.put(send(event(BINARY, value.getBytes(StandardCharsets.UTF_8))), texts.get(i));
        }

        // then
        for (Map.Entry<RecordMetadata, HostileText> one : sent.entrySet()) {
            RecordMetadata place = one.getKey();
            JoinRejected rejected = (JoinRejected) bed.outcomes()
                    .awaitId("%s/%d/%d/rejected".formatted(place.topic(), place.partition(), place.offset()))
                    .event();
            assertThat(rejected.reason()).as("%s", one.getValue()).isEqualTo(ErrorCode.EVENT_MALFORMED);
            assertThat(rejected.detail()).as("%s", one.getValue()).matches("[ -~]+");
        }
    }

    private static ProducerRecord<byte[], byte[]> poison(InvalidRequest invalid) {
        ProducerRecord<byte[], byte[]> poison = event(BINARY, invalid.value.getBytes(StandardCharsets.UTF_8));
        poison.headers().add("fleet-trace", BINARY).add("fleet-trace", new byte[0]);
        return poison;
    }

    /** On one partition whatever the key says, so that one lies right behind the other. */
    private static ProducerRecord<byte[], byte[]> event(byte[] key, byte[] value) {
        ProducerRecord<byte[], byte[]> event = new ProducerRecord<>(KafkaBroker.REQUESTS, PARTITION, key, value);
        List.of(
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_id", UUID.randomUUID().toString()),
                        Map.entry("ce_source", "/e2e"),
                        Map.entry("ce_type", LifecycleEventType.JOIN_REQUESTED.cloudEventType()),
                        Map.entry("content-type", "application/json"))
                .forEach(header ->
                        event.headers().add(header.getKey(), header.getValue().getBytes(StandardCharsets.UTF_8)));
        return event;
    }

    private RecordMetadata send(ProducerRecord<byte[], byte[]> event) throws InterruptedException, ExecutionException {
        return producer.send(event).get();
    }
}
