package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.service.tracing.RequestSpans;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConcurrentIntakeTest {
    private static final int MAX_CONCURRENT = 4;
    private static final TopicPartition PARTITION = new TopicPartition("requests", 0);

    private final ManualScheduler time = new ManualScheduler();
    private final RedeliveringConsumer consumer = new RedeliveringConsumer(time::nanoTime);
    private final HeldJoins joins = new HeldJoins();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final EventIntake intake = new EventIntake(
            () -> consumer,
            "requests",
            new RecordProcessor(
                    new RequestReader(
                            RequestReaderTest.CLUSTERS,
                            RequestReaderTest.BELIEVED,
                            Duration.ofMinutes(14),
                            Clock.fixed(Instant.parse("2026-11-25T10:00:00Z"), ZoneOffset.UTC)),
                    joins,
                    new NoOffers(),
                    new NoLetters(),
                    (_, _) -> {},
                    meters,
                    RequestSpans.none()),
            MAX_CONCURRENT,
            time::nanoTime,
            time,
            meters);

    private long nextOffset;

    @AfterEach
    void stop() throws InterruptedException {
        joins.releaseAll();
        intake.stop();
    }

    @Test
    void shouldStartRequestsForSeveralNodesAtTheSameTime() {
        // given
        joins.hold("n0", "n1", "n2");

        // when
        deliver("n0", "n1", "n2");
        intake.start();

        // then
        await().untilAsserted(() -> assertThat(joins.running()).containsExactlyInAnyOrder("n0", "n1", "n2"));
        assertThat(committed()).isNull();
        joins.releaseAll();
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(3));
    }

    @Test
    void shouldStartNoMoreThanItMayAtATime() {
        // given
        String[] nodes = names("n", 10);
        joins.hold(nodes);
        deliver(nodes);
        intake.start();
        await().until(() -> joins.running().size() == MAX_CONCURRENT);

        // when
        awaitPolls();

        // then
        assertThat(joins.running()).containsExactlyInAnyOrder("n0", "n1", "n2", "n3");
        joins.releaseAll();
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(10));
    }

    @Test
    void shouldStartRequestsForOneNodeInOrder() {
        // given
        joins.hold("n0");
        deliver("n0", "n0", "n1");
        intake.start();
        await().untilAsserted(() -> assertThat(joins.ended()).containsExactly("2:n1"));
        assertThat(joins.running()).containsExactly("n0");

        // when
        joins.releaseAll();

        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(3));
        assertThat(joins.ended()).containsExactly("2:n1", "0:n0", "1:n0");
    }

    @Test
    void shouldCommitUpToTheFirstRecordThatIsNotProcessed() {
        // given
        joins.hold("n2");
        deliver("n0", "n1", "n2", "n3");

        // when
        intake.start();

        // then
        await().untilAsserted(() -> assertThat(joins.ended()).hasSize(3));
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(2));
    }

    @Test
    void shouldReadOnWhileARecordIsInHand() {
        // given
        joins.hold("slow");
        deliver("slow");
        intake.start();
        await().until(() -> joins.running().contains("slow"));

        // when
        deliver("n1");

        // then
        await().untilAsserted(() -> assertThat(joins.ended()).containsExactly("1:n1"));
        assertThat(committed()).isNull();
    }

    @Test
    void shouldNotStartAgainWhatIsDoneBehindARecordThatFails() {
        // given
        joins.refuse("stuck");
        deliver("stuck", "n1", "n2");
        intake.start();
        await().until(() -> intake.warning() != null);
        await().until(() -> joins.ended().size() == 2);

        // when
        joins.refuse();
        time.advance(Duration.ofSeconds(1));

        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(3));
        assertThat(joins.ended()).containsExactlyInAnyOrder("1:n1", "2:n2", "0:stuck");
    }

    @Test
    void shouldTryFewRecordsWhileTemporalIsAwayAndSayWhichIsTheFirst() {
        // given
        String[] nodes = names("n", 100);
        joins.refuse(nodes);

        // when
        deliver(nodes);
        intake.start();

        // then
        await().until(() -> intake.notReadyReason() != null && joins.tries() == MAX_CONCURRENT);
        awaitPolls();
        assertThat(joins.tries()).isEqualTo(MAX_CONCURRENT);
        assertThat(intake.notReadyReason()).startsWith("record requests-0@0 waits: Temporal: ");
        assertThat(consumer.paused()).containsExactly(PARTITION);
    }

    @Test
    void shouldLengthenTheBackoffOncePerTryHoweverManyRecordsFail() {
        // given
        String[] nodes = names("n", MAX_CONCURRENT);
        joins.refuse(nodes);
        deliver(nodes);
        intake.start();
        await().until(() -> joins.tries() == MAX_CONCURRENT);
        awaitPolls();
        time.advance(Duration.ofSeconds(1));
        await().until(() -> joins.tries() == 2 * MAX_CONCURRENT);
        awaitPolls();

        // when
        time.advance(Duration.ofSeconds(2));

        // then
        await().untilAsserted(() -> assertThat(joins.tries()).isEqualTo(3 * MAX_CONCURRENT));
    }

    @Test
    void shouldReadNoMoreThanItCanHold() {
        // given
        String[] nodes = names("n", PartitionBacklog.MAX_RECORDS + MAX_CONCURRENT);
        joins.hold(nodes);

        // when
        consumer.schedulePollTask(() -> {
            for (int i = 0; i < nodes.length; i++) {
                add("/source" + i, i, nodes[i]);
            }
        });
        intake.start();

        // then
        await().untilAsserted(() -> assertThat(consumer.paused()).containsExactly(PARTITION));
        assertThat(intake.notReadyReason()).isNull();
        joins.releaseAll();
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(nodes.length));
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void shouldTakeTurnsBetweenSources() {
        // given
        String[] burst = names("burst", 20);
        joins.hold(burst);
        consumer.schedulePollTask(() -> {
            add("/burst", 0, burst);
            add("/other", burst.length, "n1");
        });

        // when
        intake.start();
        await().until(() -> joins.running().size() == MAX_CONCURRENT);

        // then
        assertThat(joins.running()).contains("burst0");
        await().untilAsserted(() -> assertThat(joins.ended()).containsExactly("20:n1"));
    }

    @Test
    void shouldReachOthersBehindABurstAndLoseNothing() {
        // given
        String[] burst = names("burst", 500);
        joins.hold(burst);
        consumer.schedulePollTask(() -> {
            add("/burst", 0, burst);
            add("/other", burst.length, "n1");
        });

        // when
        intake.start();

        // then
        await().untilAsserted(() -> assertThat(joins.ended()).containsExactly("500:n1"));
        awaitPolls();
        assertThat(committed()).isNull();
        assertThat(consumer.paused()).isEmpty();
        joins.releaseAll();
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(501));
        assertThat(joins.ended()).hasSize(501).doesNotHaveDuplicates();
    }

    @Test
    void shouldStartRequestsForOneNodeInOrderWhereSomeWaitInKafka() {
        // given
        String[] burst = names("burst", 100);
        burst[60] = "twice";
        burst[99] = "twice";
        joins.hold(burst);
        consumer.schedulePollTask(() -> {
            add("/burst", 0, burst);
            add("/other", burst.length, "twice", "n1");
        });
        intake.start();
        await().untilAsserted(() -> assertThat(joins.ended()).containsExactly("101:n1"));

        // when
        joins.releaseAll();

        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(102));
        assertThat(joins.ended())
                .filteredOn(ended -> ended.endsWith(":twice"))
                .containsExactly("60:twice", "99:twice", "100:twice");
    }

    @Test
    void shouldWaitForRecordsInHandBeforeTheirPartitionMoves() {
        // given
        joins.hold("n0");
        deliver("n0", "n1");
        intake.start();
        await().until(() -> joins.ended().contains("1:n1"));

        // when
        consumer.schedulePollTask(() -> {
            Thread.startVirtualThread(joins::releaseAll);
            consumer.rebalance(List.of());
        });

        // then
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(2));
    }

    @Test
    void shouldCommitRecordsInHandWhenItStops() throws InterruptedException {
        // given
        joins.hold("n0");
        deliver("n0", "n1");
        intake.start();
        await().until(() -> joins.ended().contains("1:n1"));
        Thread.startVirtualThread(joins::releaseAll);

        // when
        intake.stop();

        // then
        assertThat(committed()).isEqualTo(2);
    }

    private static String[] names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(number -> prefix + number).toArray(String[]::new);
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(1));
    }

    /** A whole turn has begun and ended since. */
    private void awaitPolls() {
        int before = consumer.polls();
        await().until(() -> consumer.polls() >= before + 2);
    }

    private void deliver(String... nodes) {
        long first = nextOffset;
        nextOffset += nodes.length;
        consumer.schedulePollTask(() -> add("/autoscaler", first, nodes));
    }

    private void add(String source, long first, String... nodes) {
        if (consumer.assignment().isEmpty()) {
            consumer.rebalance(List.of(PARTITION));
            consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        }
        for (int i = 0; i < nodes.length; i++) {
            consumer.addRecord(request(source, first + i, nodes[i]));
        }
    }

    /** The id of the event is its offset. */
    private static ConsumerRecord<byte[], byte[]> request(String source, long offset, String node) {
        String data = "{\"cluster\":\"west\",\"nodeName\":\"" + node + "\",\"enrollment\":\""
                + "0123456789abcdef".repeat(4) + "\"}";
        ConsumerRecord<byte[], byte[]> read =
                new ConsumerRecord<>("requests", 0, offset, new byte[0], data.getBytes(StandardCharsets.UTF_8));
        RequestReaderTest.binary("io.nodejoin.join.requested.v1", data)
                .headers()
                .forEach(read.headers()::add);
        replace(read, "ce_source", source);
        replace(read, "ce_id", Long.toString(offset));
        return read;
    }

    private static void replace(ConsumerRecord<byte[], byte[]> read, String header, String value) {
        read.headers().remove(header);
        read.headers().add(header, value.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable Long committed() {
        return consumer.lastCommit(PARTITION);
    }
}
