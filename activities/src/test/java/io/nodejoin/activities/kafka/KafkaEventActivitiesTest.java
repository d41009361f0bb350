package io.nodejoin.activities.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KafkaEventActivitiesTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");
    private static final OutcomeEvent ANNOUNCEMENT = phase("id-1", Phase.TokenIssued);
    private static final List<OutcomeEvent> BATCH =
            List.of(ANNOUNCEMENT, phase("id-2", Phase.CertificateIssued), phase("id-3", Phase.KubeletStarted));

    private final MockProducer<byte[], byte[]> producer = producer();
    private final KafkaEventActivities events = new KafkaEventActivities(producer, "events");

    @Test
    void shouldKeyTheRecordByClusterAndNode() {
        // when
        events.publish(List.of(ANNOUNCEMENT));

        // then
        ProducerRecord<byte[], byte[]> sent = producer.history().getFirst();
        assertThat(sent.topic()).isEqualTo("events");
        assertThat(new String(sent.key(), StandardCharsets.UTF_8)).isEqualTo("blue/worker-1");
    }

    @Test
    void shouldDescribeTheEventByItsAttributes() {
        // when
        events.publish(List.of(ANNOUNCEMENT));

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
        events.publish(List.of(ANNOUNCEMENT));

        // then
        assertThat(data(producer.history().getFirst()))
                .contains("\"at\":\"2026-11-25T10:00:00Z\"")
                .contains("\"phase\":\"TokenIssued\"");
    }

    @Test
    void shouldSayHowLongToWaitOnlyWhereATryAgainIsAllowed() {
        // when
        events.publish(List.of(failed(Duration.ofSeconds(75)), failed(null)));

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
                        List.of(),
                        null));
    }

    @Test
    void shouldGiveARepeatTheSameIdentity() {
        // when
        events.publish(List.of(ANNOUNCEMENT));
        events.publish(List.of(ANNOUNCEMENT));

        // then
        assertThat(producer.history()).hasSize(2);
        assertThat(producer.history().get(1))
                .usingRecursiveComparison()
                .isEqualTo(producer.history().get(0));
    }

    @Test
    void shouldSendTheEventsOfABatchInOrderUnderTheSameKey() {
        // when
        events.publish(BATCH);

        // then
        assertThat(producer.history()).extracting(sent -> event(sent).getId()).containsExactly("id-1", "id-2", "id-3");
        assertThat(producer.history())
                .extracting(sent -> new String(sent.key(), StandardCharsets.UTF_8))
                .containsOnly("blue/worker-1");
    }

    @Test
    void shouldSendAllEventsOfABatchBeforeTheFirstIsAcknowledged() throws InterruptedException {
        // given
        MockProducer<byte[], byte[]> silent = producer(false);
        KafkaEventActivities pending = new KafkaEventActivities(silent, "events");

        // when
        Thread publisher = Thread.startVirtualThread(() -> pending.publish(BATCH));

        // then
        await().until(() -> silent.history().size() == 3);
        silent.completeNext();
        silent.completeNext();
        assertThat(publisher.isAlive()).isTrue();
        silent.completeNext();
        assertThat(publisher.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void shouldFailABatchIfOneEventIsNotAcknowledged() throws InterruptedException {
        // given
        MockProducer<byte[], byte[]> silent = producer(false);
        KafkaEventActivities pending = new KafkaEventActivities(silent, "events");
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread publisher = Thread.startVirtualThread(() -> thrown.set(catchThrowable(() -> pending.publish(BATCH))));
        await().until(() -> silent.history().size() == 3);

        // when
        silent.completeNext();
        silent.errorNext(new NotEnoughReplicasException("one of three"));
        silent.completeNext();

        // then
        assertThat(publisher.join(Duration.ofSeconds(10))).isTrue();
        assertThat(thrown.get()).hasCauseInstanceOf(NotEnoughReplicasException.class);
    }

    @Test
    void shouldSendNoFurtherEventIfOneCannotBeSent() {
        // given
        List<ProducerRecord<byte[], byte[]>> attempted = new ArrayList<>();
        MockProducer<byte[], byte[]> unreachable =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> sent) {
                        attempted.add(sent);
                        return CompletableFuture.failedFuture(new TimeoutException("no metadata after 10 s"));
                    }
                };

        // when
        Throwable thrown = catchThrowable(() -> new KafkaEventActivities(unreachable, "events").publish(BATCH));

        // then
        assertThat(thrown).hasCauseInstanceOf(TimeoutException.class);
        assertThat(attempted).hasSize(1);
    }

    @Test
    void shouldFailWhenTheReplicasDoNotAcknowledge() {
        // given
        MockProducer<byte[], byte[]> failing = producer();
        failing.sendException = new NotEnoughReplicasException("one of three");
        KafkaEventActivities unheard = new KafkaEventActivities(failing, "events");

        // when // then
        assertThatThrownBy(() -> unheard.publish(List.of(ANNOUNCEMENT))).isInstanceOf(NotEnoughReplicasException.class);
    }

    @Test
    void shouldCloseWithoutWaitingForWhatABrokerDoesNotAcknowledge() {
        // given
        MockProducer<byte[], byte[]> silent = producer(false);
        KafkaEventActivities unheard = new KafkaEventActivities(silent, "events");
        Thread publisher = Thread.startVirtualThread(() -> unheard.publish(List.of(ANNOUNCEMENT)));
        await().until(() -> !silent.history().isEmpty());

        // when
        unheard.close();

        // then
        assertThat(silent.closed()).isTrue();
        assertThat(silent.flushed()).isFalse();
        assertThat(publisher.isAlive()).isTrue();
        publisher.interrupt();
    }

    private static OutcomeEvent phase(String id, Phase phase) {
        ClusterName cluster = new ClusterName("blue");
        return new OutcomeEvent(
                id,
                cluster,
                "worker-1",
                AT,
                new JoinPhaseChanged(cluster, new NodeName("worker-1"), JoinId.of("s", "i"), phase, AT, null));
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
