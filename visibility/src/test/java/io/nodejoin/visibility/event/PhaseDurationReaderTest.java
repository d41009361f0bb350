package io.nodejoin.visibility.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import io.nodejoin.protocol.event.PhaseTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PhaseDurationReaderTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final String TOPIC = "events";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final ClusterName FRA = new ClusterName("fra-1");

    private final RecentEvents recent = new RecentEvents(RecentEvents.Limits.DEFAULT, () -> NOW);
    private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();

    private final CountDownLatch closed = new CountDownLatch(1);

    /** Finds offsets by the times of the log. */
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
            log.stream()
                    .filter(written -> written.timestamp() >= times.getOrDefault(PARTITION, 0L))
                    .findFirst()
                    .ifPresent(
                            first -> found.put(PARTITION, new OffsetAndTimestamp(first.offset(), first.timestamp())));
            return found;
        }

        @Override
        public synchronized void close() {
            super.close();
            closed.countDown();
        }
    };

    private void write(LifecycleEvent event, Instant time) {
        ProducerRecord<Void, byte[]> written = KafkaMessageFactory.createWriter(TOPIC)
                .writeBinary(CloudEventBuilder.v1()
                        .withId("event-" + log.size())
                        .withSource(URI.create("/nodejoin"))
                        .withType(LifecycleEventType.of(event).cloudEventType())
                        .withTime(time.atOffset(ZoneOffset.UTC))
                        .withData("application/json", JsonMapper.shared().writeValueAsBytes(event))
                        .build());
        log.add(new ConsumerRecord<>(
                TOPIC,
                0,
                log.size(),
                time.toEpochMilli(),
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[0],
                written.value(),
                written.headers(),
                Optional.empty()));
    }

    /** A join that stayed so long in Requested. */
    private void joined(Instant end, Duration duration) {
        write(
                new JoinSucceeded(
                        FRA,
                        new NodeName("node-" + log.size()),
                        JoinId.of("test", "join-" + log.size()),
                        "uid",
                        List.of(new PhaseTime(Phase.Requested, end.minus(duration)), new PhaseTime(Phase.Joined, end)),
                        null,
                        null),
                end);
    }

    private void phaseChanged(Instant at) {
        write(
                new JoinPhaseChanged(
                        FRA, new NodeName("node"), JoinId.of("test", "other"), Phase.TokenIssued, at, null),
                at);
    }

    private PhaseDurationHistory.PhaseDurations read(int maxRecords) throws InterruptedException {
        Node broker = new Node(0, "broker", 9092);
        consumer.updatePartitions(
                TOPIC, List.of(new PartitionInfo(TOPIC, 0, broker, new Node[] {broker}, new Node[] {broker})));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, (long) log.size()));
        consumer.schedulePollTask(() -> log.forEach(consumer::addRecord));
        try (PhaseDurationReader past = new PhaseDurationReader(() -> consumer, TOPIC, recent, maxRecords, () -> NOW)) {
            past.start();
            assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
        }
        return recent.week().before(NOW.minus(Duration.ofHours(1)));
    }

    @Test
    void shouldTellTheStaysOfTheDaysBeforeTheRecentOnes() throws Exception {
        // given
        Instant sixDaysAgo = NOW.minus(Duration.ofDays(6));
        joined(NOW.minus(Duration.ofDays(9)), Duration.ofSeconds(90));
        joined(sixDaysAgo, Duration.ofSeconds(2));
        phaseChanged(NOW.minus(Duration.ofDays(5)));
        joined(NOW.minus(Duration.ofDays(2)), Duration.ofSeconds(4));
        joined(NOW.minus(Duration.ofHours(3)), Duration.ofSeconds(50));

        // when
        PhaseDurationHistory.PhaseDurations week = read(1000);

        // then
        assertThat(week.since()).isEqualTo(sixDaysAgo);
        assertThat(week.byPhase())
                .containsOnlyKeys(Phase.Requested)
                .containsEntry(
                        Phase.Requested,
                        new PhaseDurationStatistics(
                                2, Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(4)));
    }

    @Test
    void shouldReadTheNewestOfManyRecords() throws Exception {
        // given
        for (int hours = 160; hours > 30; hours--) {
            joined(NOW.minus(Duration.ofHours(hours)), Duration.ofSeconds(hours));
        }

        // when
        PhaseDurationHistory.PhaseDurations week = read(10);

        // then
        assertThat(week.since()).isEqualTo(NOW.minus(Duration.ofHours(40)));
    }

    @Test
    void shouldKnowNoWeekOfAnEmptyTopic() throws Exception {
        // when
        PhaseDurationHistory.PhaseDurations week = read(10);

        // then
        assertThat(week).isEqualTo(new PhaseDurationHistory.PhaseDurations(Map.of(), null));
    }
}
