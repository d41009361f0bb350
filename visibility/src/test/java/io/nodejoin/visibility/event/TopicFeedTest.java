package io.nodejoin.visibility.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicFeedTest {
    private static final String TOPIC = "events";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            return Map.of(PARTITION, new OffsetAndTimestamp(0, 0));
        }
    };

    private void show(ConsumerRecord<byte[], byte[]> read) {
        String text = new String(read.value(), StandardCharsets.UTF_8);
        if (text.equals("hostile")) {
            throw new IllegalArgumentException(text);
        }
        shown.add(text);
    }

    private void write(long offset, String text) {
        consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, new byte[0], text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldGoOnAfterARecordThatItsSinkCannotTake() throws InterruptedException {
        // given
        Node broker = new Node(0, "broker", 9092);
        consumer.updatePartitions(
                TOPIC, List.of(new PartitionInfo(TOPIC, 0, broker, new Node[] {broker}, new Node[] {broker})));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 0L));
        consumer.schedulePollTask(() -> {
            write(0, "first");
            write(1, "hostile");
            write(2, "last");
        });

        // when
        List<@Nullable String> read = new ArrayList<>();
        try (TopicFeed feed =
                new TopicFeed(() -> consumer, Map.of(TOPIC, this::show), Duration.ofHours(1), () -> Instant.EPOCH)) {
            feed.start();
            read.add(shown.poll(30, TimeUnit.SECONDS));
            read.add(shown.poll(30, TimeUnit.SECONDS));
        }

        // then
        assertThat(read).containsExactly("first", "last");
    }
}
