package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.join.JoinRequest;
import io.nodejoin.workflows.join.NodeRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventIntakeTest {
    private static final TopicPartition PARTITION = new TopicPartition("requests", 3);
    private static final String GOOD =
            "{\"cluster\":\"west\",\"nodeName\":\"n1\",\"enrollment\":\"" + "0123456789abcdef".repeat(4) + "\"}";

    private final RefusingConsumer consumer = new RefusingConsumer();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T10:00:00Z"));
    private final FakeJoins joins = new FakeJoins();
    private final Queue<Long> rejected = new ConcurrentLinkedQueue<>();
    private final Queue<NodeName> hinted = new ConcurrentLinkedQueue<>();
    private final EventIntake intake = intake();

    @AfterEach
    void stop() throws InterruptedException {
        intake.stop();
    }

    @Test
    void shouldStartJoinTellGatewayAndThenCommit() {
        // given
        deliver(0, "io.nodejoin.join.requested.v1", GOOD);
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        assertThat(joins.started).hasSize(1);
        assertThat(hinted).containsExactly(new NodeName("n1"));
    }

    @Test
    void shouldPassPoisonByAndGoOnWithTheNextRecord() {
        // given
        deliver(0, "io.nodejoin.join.requested.v1", "not json");
        deliver(1, "io.nodejoin.join.requested.v1", GOOD);
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(2));
        assertThat(rejected).containsExactly(0L);
        assertThat(joins.started).hasSize(1);
    }

    @Test
    void shouldNotHintTheGatewayForADuplicate() {
        // given
        deliver(0, "io.nodejoin.join.requested.v1", GOOD);
        deliver(1, "io.nodejoin.join.requested.v1", GOOD);
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(2));
        assertThat(hinted).hasSize(1);
    }

    @Test
    void shouldPassOverARequestThatComesAgainAfterItsDeadline() {
        // given
        deliver(0, "io.nodejoin.join.requested.v1", GOOD);
        intake.start();
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        passDeadline();
        // when
        deliver(1, "io.nodejoin.join.requested.v1", GOOD);
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(2));
        assertThat(rejected).isEmpty();
        assertThat(joins.started).hasSize(1);
    }

    @Test
    void shouldRejectARequestThatIsFirstReadAfterItsDeadline() {
        // given
        passDeadline();
        deliver(0, "io.nodejoin.join.requested.v1", GOOD);
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        assertThat(rejected).containsExactly(0L);
        assertThat(joins.started).isEmpty();
    }

    @Test
    void shouldWaitWithoutCommitWhileTemporalIsAwayAndLoseNothing() {
        // given
        joins.away.set(true);
        deliver(0, "io.nodejoin.join.requested.v1", GOOD);
        intake.start();
        await().untilAsserted(() -> assertThat(intake.obstacle()).contains("Temporal"));
        assertThat(committed()).isNull();
        assertThat(consumer.paused()).containsExactly(PARTITION);
        // when
        joins.away.set(false);
        // then
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        assertThat(intake.obstacle()).isNull();
        assertThat(joins.started).hasSize(1);
        assertThat(rejected).isEmpty();
    }

    @Test
    void shouldCommitAgainWhatCouldNotBeCommitted() {
        // given
        consumer.refusals.set(2);
        deliver(0, "io.nodejoin.join.requested.v1", GOOD);
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        await().untilAsserted(() -> assertThat(intake.obstacle()).isNull());
        assertThat(joins.started).hasSize(1);
    }

    @Test
    void shouldNotCommitForWhoeverHasItsPartitionsByNow() {
        // given
        consumer.refusals.set(Integer.MAX_VALUE);
        deliver(0, "io.nodejoin.join.requested.v1", GOOD);
        intake.start();
        await().untilAsserted(() -> assertThat(intake.obstacle()).contains("offsets cannot be committed"));
        // when
        consumer.schedulePollTask(() -> {
            consumer.rebalance(List.of());
            consumer.refusals.set(0);
        });
        // then
        await().untilAsserted(() -> assertThat(intake.obstacle()).isNull());
        assertThat(committed()).isNull();
    }

    @Test
    void shouldSayThatNothingMovesWhileARecordIsInHandForLong() {
        // given
        joins.gate.drainPermits();
        deliver(0, "io.nodejoin.join.requested.v1", GOOD);
        intake.start();
        await().until(joins.gate::hasQueuedThreads);
        String atOnce = intake.obstacle();

        // when
        now.updateAndGet(before -> before.plusSeconds(61));

        // then
        assertThat(atOnce).isNull();
        assertThat(intake.obstacle()).isEqualTo("nothing has moved for 61 s");
        joins.gate.release();
        await().untilAsserted(() -> assertThat(intake.obstacle()).isNull());
    }

    private void passDeadline() {
        now.updateAndGet(before -> before.plus(Duration.ofMinutes(15)));
    }

    private EventIntake intake() {
        InstantSource time = now::get;
        RequestReader reader = new RequestReader(
                RequestReaderTest.CLUSTERS,
                RequestReaderTest.BELIEVED,
                Duration.ofMinutes(14),
                time.withZone(ZoneOffset.UTC));
        RecordDesk desk = new RecordDesk(
                reader,
                joins,
                (kafkaRecord, _) -> rejected.add(kafkaRecord.offset()),
                (_, node) -> hinted.add(node),
                new SimpleMeterRegistry());
        return new EventIntake(() -> consumer, "requests", desk, now::get);
    }

    private void deliver(long offset, String type, String data) {
        consumer.schedulePollTask(() -> {
            if (consumer.assignment().isEmpty()) {
                consumer.rebalance(List.of(PARTITION));
                consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
            }
            ConsumerRecord<byte[], byte[]> event =
                    new ConsumerRecord<>("requests", 3, offset, new byte[0], data.getBytes(StandardCharsets.UTF_8));
            RequestReaderTest.binary(type, data).headers().forEach(event.headers()::add);
            consumer.addRecord(event);
        });
    }

    private @Nullable Long committed() {
        OffsetAndMetadata offset = consumer.committed(Set.of(PARTITION)).get(PARTITION);
        return offset == null ? null : offset.offset();
    }

    /** Commits nothing for so many times. */
    private static final class RefusingConsumer extends MockConsumer<byte[], byte[]> {
        private final AtomicInteger refusals = new AtomicInteger();

        RefusingConsumer() {
            super("earliest");
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (refusals.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
                throw new TimeoutException("no answer");
            }
            super.commitSync(offsets, timeout);
        }
    }

    /** Remembers joins by id, as the workflows' ids do. */
    private static final class FakeJoins implements Joins {
        private final AtomicBoolean away = new AtomicBoolean();
        private final Semaphore gate = new Semaphore(1);
        private final Queue<Verdict.Start> started = new ConcurrentLinkedQueue<>();

        @Override
        public Answer start(Verdict.Start start) {
            gate.acquireUninterruptibly();
            gate.release();
            if (away.get()) {
                throw new IllegalStateException("connection refused");
            }
            if (started.contains(start)) {
                return new Answer.Duplicate();
            }
            started.add(start);
            return new Answer.Started();
        }

        @Override
        public Answer startUnlessBusy(JoinRequest request) {
            throw new AssertionError("no record comes this way: " + request);
        }

        @Override
        public boolean know(NodeRequest request) {
            return started.stream().anyMatch(start -> start.request().joinId().equals(request.joinId()));
        }

        @Override
        public void cancel(Verdict.Cancel cancel) {}
    }
}
