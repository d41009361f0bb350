package io.nodejoin.activities.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KafkaEventActivitiesTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");
    private static final OutcomeEvent ANNOUNCEMENT = new OutcomeEvent(
            "id-1",
            new ClusterName("blue"),
            "worker-1",
            AT,
            new JoinPhaseChanged(
                    new ClusterName("blue"),
                    new NodeName("worker-1"),
                    JoinId.of("s", "i"),
                    Phase.TokenIssued,
                    AT,
                    null));

    private final MockProducer<byte[], byte[]> producer = producer();
    private final KafkaEventActivities events = new KafkaEventActivities(producer, "events");

    @Test
    void shouldKeyTheRecordByClusterAndNode() {
        // when
        events.publish(ANNOUNCEMENT);

        // then
        ProducerRecord<byte[], byte[]> sent = producer.history().getFirst();
        assertThat(sent.topic()).isEqualTo("events");
        assertThat(new String(sent.key(), StandardCharsets.UTF_8)).isEqualTo("blue/worker-1");
    }

    @Test
    void shouldDescribeTheEventByItsAttributes() {
        // when
        events.publish(ANNOUNCEMENT);

        // then
        CloudEvent event = event(producer.history().getFirst());
        assertThat(event.getId()).isEqualTo("id-1");
        assertThat(event.getSource()).isEqualTo(URI.create("/nodejoin/blue"));
        assertThat(event.getType()).isEqualTo("io.nodejoin.join.phase-changed.v1");
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(Objects.requireNonNull(event.getTime()).toInstant()).isEqualTo(AT);
    }

    @Test
    void shouldWriteTimesAsText() {
        // when
        events.publish(ANNOUNCEMENT);

        // then
        assertThat(data(producer.history().getFirst()))
                .contains("\"at\":\"2026-11-25T10:00:00Z\"")
                .contains("\"phase\":\"TokenIssued\"");
    }

    @Test
    void shouldSayHowLongToWaitOnlyWhereATryAgainIsAllowed() {
        // when
        events.publish(failed(Duration.ofSeconds(75)));
        events.publish(failed(null));

        // then
        assertThat(producer.history())
                .extracting(KafkaEventActivitiesTest::data)
                .satisfiesExactly(
                        text -> assertThat(text).contains("\"retryAfter\":\"PT1M15S\""),
                        text -> assertThat(text).doesNotContain("retryAfter"));
    }

    private static OutcomeEvent failed(@Nullable Duration retryAfter) {
        ClusterName cluster = new ClusterName("blue");
        NodeName node = new NodeName("worker-1");
        return new OutcomeEvent(
                "id-1",
                cluster,
                "worker-1",
                AT,
                new LeaveFailed(
                        cluster,
                        node,
                        JoinId.of("s", "i"),
                        ErrorCode.DRAIN_BLOCKED,
                        "why",
                        retryAfter != null,
                        retryAfter,
                        List.of(),
                        List.of()));
    }

    @Test
    void shouldGiveARepeatTheSameIdentity() {
        // when
        events.publish(ANNOUNCEMENT);
        events.publish(ANNOUNCEMENT);

        // then
        assertThat(producer.history()).hasSize(2);
        assertThat(producer.history().get(1))
                .usingRecursiveComparison()
                .isEqualTo(producer.history().get(0));
    }

    @Test
    void shouldFailWhenTheReplicasDoNotAcknowledge() {
        // given
        MockProducer<byte[], byte[]> failing = producer();
        failing.sendException = new NotEnoughReplicasException("one of three");
        KafkaEventActivities unheard = new KafkaEventActivities(failing, "events");

        // when // then
        assertThatThrownBy(() -> unheard.publish(ANNOUNCEMENT)).isInstanceOf(NotEnoughReplicasException.class);
    }

    @Test
    void shouldCloseWithoutWaitingForWhatABrokerDoesNotAcknowledge() {
        // given
        MockProducer<byte[], byte[]> silent = producer(false);
        KafkaEventActivities unheard = new KafkaEventActivities(silent, "events");
        Thread publisher = Thread.startVirtualThread(() -> unheard.publish(ANNOUNCEMENT));
        await().until(() -> !silent.history().isEmpty());

        // when
        unheard.close();

        // then
        assertThat(silent.closed()).isTrue();
        assertThat(silent.flushed()).isFalse();
        assertThat(publisher.isAlive()).isTrue();
        publisher.interrupt();
    }

    private static MockProducer<byte[], byte[]> producer() {
        return producer(true);
    }

    private static MockProducer<byte[], byte[]> producer(boolean acknowledging) {
        return new MockProducer<>(acknowledging, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static CloudEvent event(ProducerRecord<byte[], byte[]> sent) {
        return KafkaMessageFactory.createReader(sent.headers(), sent.value()).toEvent();
    }

    private static String data(ProducerRecord<byte[], byte[]> sent) {
        return new String(sent.value(), StandardCharsets.UTF_8);
    }
}
