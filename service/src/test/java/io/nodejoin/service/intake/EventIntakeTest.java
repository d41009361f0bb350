package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.service.tracing.RequestSpans;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventIntakeTest {
    private static final TopicPartition PARTITION = new TopicPartition("requests", 3);
    private static final TopicPartition OTHER = new TopicPartition("requests", 4);
    private static final String REQUESTED = "io.nodejoin.join.requested.v1";
    private static final String GOOD = request("n1");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T10:00:00Z"));
    private final ManualScheduler time = new ManualScheduler();
    private final RedeliveringConsumer consumer = new RedeliveringConsumer(time::nanoTime);
    private final AtomicInteger defects = new AtomicInteger();
    private final FakeJoins joins = new FakeJoins();
    private final Queue<Long> rejected = new ConcurrentLinkedQueue<>();
    private final Queue<Rejection> answered = new ConcurrentLinkedQueue<>();
    private final Queue<NodeName> hinted = new ConcurrentLinkedQueue<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final EventIntake intake = intake();

    @AfterEach
    void stop() throws InterruptedException {
        intake.stop();
    }

    @Test
    void shouldStartJoinTellGatewayAndThenCommit() {
        // given
        deliver(0, REQUESTED, GOOD);
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
        deliver(0, REQUESTED, "not json");
        deliver(1, REQUESTED, GOOD);
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(2));
        assertThat(rejected).containsExactly(0L);
        assertThat(joins.started).hasSize(1);
    }

    @Test
    void shouldAnswerACancelThatFindsNothingToAbort() {
        // given
        deliver(0, "io.nodejoin.join.cancel-requested.v1", "{\"cluster\":\"west\",\"nodeName\":\"n1\"}");
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        assertThat(rejected).isEmpty();
        assertThat(answered).singleElement().satisfies(answer -> {
            assertThat(answer.problem().code()).isEqualTo(ErrorCode.NOT_ABORTABLE);
            assertThat(answer.request().nodeName()).isEqualTo("n1");
            assertThat(answer.request().requestId()).isNotNull();
        });
    }

    @Test
    void shouldNotHintTheGatewayForADuplicate() {
        // given
        deliver(0, REQUESTED, GOOD);
        deliver(1, REQUESTED, GOOD);
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(2));
        assertThat(hinted).hasSize(1);
    }

    @Test
    void shouldPassOverARequestThatComesAgainAfterItsDeadline() {
        // given
        deliver(0, REQUESTED, GOOD);
        intake.start();
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        passDeadline();
        // when
        deliver(1, REQUESTED, GOOD);
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(2));
        assertThat(rejected).isEmpty();
        assertThat(joins.started).hasSize(1);
    }

    @Test
    void shouldRejectARequestThatIsFirstReadAfterItsDeadline() {
        // given
        passDeadline();
        deliver(0, REQUESTED, GOOD);
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
        deliver(0, REQUESTED, GOOD);
        intake.start();
        await().untilAsserted(() -> assertThat(intake.notReadyReason()).contains("Temporal"));
        assertThat(committed()).isNull();
        assertThat(consumer.paused()).containsExactly(PARTITION);
        // when
        joins.away.set(false);
        time.advance(Duration.ofSeconds(1));
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        await().untilAsserted(() -> assertThat(intake.notReadyReason()).isNull());
        assertThat(joins.started).hasSize(1);
        assertThat(rejected).isEmpty();
    }

    @Test
    void shouldCommitAgainWhatCouldNotBeCommitted() {
        // given
        consumer.refuseCommits(2);
        deliver(0, REQUESTED, GOOD);
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
        await().untilAsserted(() -> assertThat(intake.notReadyReason()).isNull());
        assertThat(joins.started).hasSize(1);
    }

    @Test
    void shouldNotCommitForWhoeverHasItsPartitionsByNow() {
        // given
        consumer.refuseCommits(Integer.MAX_VALUE);
        deliver(0, REQUESTED, GOOD);
        intake.start();
        await().untilAsserted(() -> assertThat(intake.notReadyReason()).contains("offsets cannot be committed"));
        // when
        consumer.schedulePollTask(() -> {
            consumer.rebalance(List.of());
            consumer.refuseCommits(0);
        });
        // then
        await().untilAsserted(() -> assertThat(intake.notReadyReason()).isNull());
        assertThat(committed()).isNull();
    }

    @Test
    void shouldSayThatNothingMovesWhileARecordIsInHandForLong() {
        // given
        joins.gate.drainPermits();
        deliver(0, REQUESTED, GOOD);
        intake.start();
        await().until(joins.gate::hasQueuedThreads);
        String atOnce = intake.notReadyReason();

        // when
        time.advance(Duration.ofSeconds(61));

        // then
        assertThat(atOnce).isNull();
        assertThat(intake.notReadyReason()).isEqualTo("no progress for 61 s");
        joins.gate.release();
        await().untilAsserted(() -> assertThat(intake.notReadyReason()).isNull());
    }

    @Test
    void shouldGoOnWithOtherPartitionsWhileOneRecordCannotBeSettled() {
        // given
        joins.refused.add(new NodeName("stuck"));
        assign(PARTITION, OTHER);
        deliver(PARTITION, 0, request("n1"));
        deliver(PARTITION, 1, request("stuck"));
        deliver(PARTITION, 2, request("behind"));
        // when
        intake.start();
        deliver(OTHER, 0, request("n2"));
        deliver(OTHER, 1, request("n3"));
        // then
        await().untilAsserted(() -> assertThat(committed(OTHER)).isEqualTo(2));
        assertThat(committed(PARTITION)).isEqualTo(1);
        assertThat(consumer.paused()).containsExactly(PARTITION);
        assertThat(joins.nodes()).containsExactly("n1", "n2", "n3");
    }

    @Test
    void shouldSayThatAPartitionWaitsAndThatOthersAreRead() {
        // given
        joins.refused.add(new NodeName("stuck"));
        assign(PARTITION, OTHER);
        deliver(PARTITION, 0, request("stuck"));
        intake.start();
        await().untilAsserted(
                        () -> assertThat(intake.notReadyReason()).startsWith("record requests-3@0 waits: Temporal: "));
        // when
        deliver(OTHER, 0, request("n2"));
        // then
        await().untilAsserted(() -> assertThat(intake.notReadyReason()).isNull());
        assertThat(intake.warning()).startsWith("record requests-3@0 waits: Temporal: ");
        assertThat(waiting()).isEqualTo(1);
    }

    @Test
    void shouldSayThatNothingIsReadOnceThatIsSo() {
        // given
        joins.refused.add(new NodeName("stuck"));
        assign(PARTITION, OTHER);
        deliver(PARTITION, 0, request("stuck"));
        intake.start();
        await().until(() -> intake.warning() != null);
        deliver(OTHER, 0, request("n2"));
        await().until(() -> intake.notReadyReason() == null);
        // when
        joins.away.set(true);
        deliver(OTHER, 1, request("n3"));
        // then
        await().untilAsserted(
                        () -> assertThat(intake.notReadyReason()).startsWith("record requests-4@1 waits: Temporal: "));
        assertThat(intake.warning()).startsWith("record requests-3@0 waits, and 1 other partitions wait: Temporal: ");
        assertThat(waiting()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheOrderOfAPartitionThatHasWaited() {
        // given
        joins.refused.add(new NodeName("stuck"));
        assign(PARTITION);
        deliver(PARTITION, 0, request("stuck"));
        deliver(PARTITION, 1, request("n1"));
        intake.start();
        await().until(() -> intake.warning() != null);
        deliver(PARTITION, 2, request("n2"));
        // when
        joins.refused.clear();
        time.advance(Duration.ofSeconds(1));
        // then
        await().untilAsserted(() -> assertThat(committed(PARTITION)).isEqualTo(3));
        await().untilAsserted(() -> assertThat(intake.warning()).isNull());
        assertThat(joins.nodes()).containsExactly("stuck", "n1", "n2");
        assertThat(waiting()).isZero();
    }

    @Test
    void shouldTryARecordAgainAfterEverLongerPausesAndPollMeanwhile() {
        // given
        joins.away.set(true);
        assign(PARTITION);
        deliver(PARTITION, 0, GOOD);
        intake.start();
        await().until(() -> intake.warning() != null);
        for (int tries = 1; tries < 6; tries++) {
            long pause = Math.min(1L << (tries - 1), 10);
            // when
            time.advance(Duration.ofSeconds(pause).minusNanos(1));
            awaitPolls();
            // then
            assertThat(joins.tries).hasValue(tries);
            // when
            time.advance(Duration.ofNanos(1));
            // then
            int next = tries + 1;
            await().untilAsserted(() -> assertThat(joins.tries).hasValue(next));
            awaitPolls();
        }
    }

    @Test
    void shouldReadAPartitionThatComesBackAtOnceFromWhatIsCommitted() {
        // given
        joins.refused.add(new NodeName("stuck"));
        assign(PARTITION, OTHER);
        deliver(PARTITION, 0, request("n1"));
        deliver(PARTITION, 1, request("stuck"));
        intake.start();
        await().until(() -> intake.warning() != null);
        assign(OTHER);
        await().untilAsserted(() -> assertThat(intake.warning()).isNull());
        assertThat(waiting()).isZero();
        // when
        joins.refused.clear();
        assign(PARTITION, OTHER);
        deliver(PARTITION, 1, request("stuck"));
        // then
        await().untilAsserted(() -> assertThat(committed(PARTITION)).isEqualTo(2));
        assertThat(joins.nodes()).containsExactly("n1", "stuck");
    }

    @Test
    void shouldGoOnWithOtherPartitionsThoughARecordOverflowsTheStack() {
        // given
        joins.overflowing.add(new NodeName("deep"));
        assign(PARTITION, OTHER);
        deliver(PARTITION, 0, request("deep"));
        // when
        intake.start();
        deliver(OTHER, 0, request("n2"));
        // then
        await().untilAsserted(() -> assertThat(committed(OTHER)).isEqualTo(1));
        assertThat(committed(PARTITION)).isNull();
        assertThat(intake.warning()).isEqualTo("record requests-3@0 waits: a defect: java.lang.StackOverflowError");
    }

    @Test
    void shouldReadOnAfterADefect() {
        // given
        defects.set(1);
        deliver(0, REQUESTED, GOOD);
        intake.start();
        await().until(() -> time.pending() == 1);
        assertThat(intake.notReadyReason()).isEqualTo("a defect; the log says why");
        // when
        time.advance(EventIntake.RETRY_DELAY);
        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1));
    }

    @Test
    void shouldPollBetweenRecordsThatTakeLong() {
        // given
        joins.duration.set(Duration.ofSeconds(6));
        assign(PARTITION, OTHER);
        consumer.schedulePollTask(() -> {
            for (int offset = 0; offset < 4; offset++) {
                add(PARTITION, offset, REQUESTED, request("a" + offset));
                add(OTHER, offset, REQUESTED, request("b" + offset));
            }
        });
        // when
        intake.start();
        // then
        await().untilAsserted(() -> assertThat(committed(PARTITION)).isEqualTo(4));
        await().untilAsserted(() -> assertThat(committed(OTHER)).isEqualTo(4));
        assertThat(consumer.longestBetweenPolls()).isLessThanOrEqualTo(Duration.ofSeconds(12));
        assertThat(joins.nodes()).filteredOn(node -> node.startsWith("a")).containsExactly("a0", "a1", "a2", "a3");
        assertThat(joins.nodes()).filteredOn(node -> node.startsWith("b")).containsExactly("b0", "b1", "b2", "b3");
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(1));
    }

    private void passDeadline() {
        now.updateAndGet(before -> before.plus(Duration.ofMinutes(15)));
    }

    /** A whole turn has begun and ended since. */
    private void awaitPolls() {
        int before = consumer.polls();
        await().until(() -> consumer.polls() >= before + 2);
    }

    private EventIntake intake() {
        InstantSource clock = now::get;
        RequestReader reader = new RequestReader(
                RequestReaderTest.CLUSTERS,
                RequestReaderTest.BELIEVED,
                Duration.ofMinutes(14),
                clock.withZone(ZoneOffset.UTC));
        RecordProcessor processor = new RecordProcessor(
                reader,
                joins,
                new NoOffers(),
                new FakeLetters(),
                (_, node) -> hinted.add(node),
                meters,
                RequestSpans.none());
        return new EventIntake(this::connect, "requests", processor, 1, time::nanoTime, time, meters);
    }

    private Consumer<byte[], byte[]> connect() {
        if (defects.getAndDecrement() > 0) {
            throw new IllegalStateException("a state that cannot be");
        }
        return consumer;
    }

    private static String request(String node) {
        return "{\"cluster\":\"west\",\"nodeName\":\"" + node + "\",\"enrollment\":\"" + "0123456789abcdef".repeat(4)
                + "\"}";
    }

    private void assign(TopicPartition... partitions) {
        consumer.schedulePollTask(() -> {
            consumer.rebalance(List.of(partitions));
            for (TopicPartition partition : partitions) {
                consumer.updateBeginningOffsets(Map.of(partition, 0L));
            }
        });
    }

    private void deliver(TopicPartition partition, long offset, String data) {
        consumer.schedulePollTask(() -> add(partition, offset, REQUESTED, data));
    }

    private void deliver(long offset, String type, String data) {
        consumer.schedulePollTask(() -> {
            if (consumer.assignment().isEmpty()) {
                consumer.rebalance(List.of(PARTITION));
                consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
            }
            add(PARTITION, offset, type, data);
        });
    }

    private void add(TopicPartition partition, long offset, String type, String data) {
        ConsumerRecord<byte[], byte[]> event = new ConsumerRecord<>(
                "requests", partition.partition(), offset, new byte[0], data.getBytes(StandardCharsets.UTF_8));
        RequestReaderTest.binary(type, data).headers().forEach(event.headers()::add);
        consumer.addRecord(event);
    }

    private @Nullable Long committed() {
        return committed(PARTITION);
    }

    private @Nullable Long committed(TopicPartition partition) {
        OffsetAndMetadata offset = consumer.committed(Set.of(partition)).get(partition);
        return offset == null ? null : offset.offset();
    }

    private double waiting() {
        return meters.get("nodejoin_intake_partitions_paused").gauge().value();
    }

    private final class FakeLetters implements DeadLetters {
        @Override
        public void reject(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection) {
            rejected.add(kafkaRecord.offset());
        }

        @Override
        public void answer(ConsumerRecord<byte[], byte[]> kafkaRecord, Rejection rejection) {
            answered.add(rejection);
        }
    }

    /** Remembers joins by id, as the workflows' ids do. */
    private final class FakeJoins implements JoinStarter {
        private final AtomicBoolean away = new AtomicBoolean();
        private final Set<NodeName> refused = ConcurrentHashMap.newKeySet();
        private final Set<NodeName> overflowing = ConcurrentHashMap.newKeySet();
        private final AtomicReference<Duration> duration = new AtomicReference<>(Duration.ZERO);
        private final AtomicInteger tries = new AtomicInteger();
        private final Semaphore gate = new Semaphore(1);
        private final Queue<RequestDecision.Start> started = new ConcurrentLinkedQueue<>();

        List<String> nodes() {
            return started.stream()
                    .map(start -> start.request().node().name().value())
                    .toList();
        }

        @Override
        public StartResult start(RequestDecision.Start start) {
            tries.incrementAndGet();
            gate.acquireUninterruptibly();
            gate.release();
            time.advance(duration.get());
            NodeName node = start.request().node().name();
            if (overflowing.contains(node)) {
                throw new StackOverflowError();
            }
            if (away.get() || refused.contains(node)) {
                throw new IllegalStateException("connection refused");
            }
            if (started.contains(start)) {
                return new StartResult.Duplicate();
            }
            started.add(start);
            return new StartResult.Started();
        }

        @Override
        public StartResult startIfIdle(JoinRequest request) {
            throw new AssertionError("no record comes this way: " + request);
        }

        @Override
        public boolean isKnown(NodeRequest request) {
            return started.stream().anyMatch(start -> start.request().joinId().equals(request.joinId()));
        }

        @Override
        public Optional<Problem> cancel(RequestDecision.Cancel cancel) {
            return Optional.of(new Problem(ErrorCode.NOT_ABORTABLE, "no request for this node is running"));
        }
    }
}
