package io.nodejoin.visibility.event;

import io.nodejoin.protocol.event.LifecycleEventType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Reads once, in the background, what the events topic has of the days before those that {@link RecentEvents} begins with,
 * for the statistics of a week. Of a topic with more records it reads the newest. Starts over if it is interrupted by an
 * outage of Kafka.
 */
public final class PhaseDurationReader implements AutoCloseable {
    /** Bounds what a replica reads at its start to about 140 MB; a join has about ten events. */
    public static final int MAX_RECORDS = 200_000;

    /** A week before the last hour. */
    private static final Duration REACH = Duration.ofDays(7).plusHours(1);

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(30);
    /** Kafka's binding of CloudEvents. */
    private static final String TYPE_HEADER = "ce_type";

    private static final Set<String> ENDS = Set.of(
            LifecycleEventType.JOIN_SUCCEEDED.cloudEventType(),
            LifecycleEventType.JOIN_FAILED.cloudEventType(),
            LifecycleEventType.JOIN_CANCELLED.cloudEventType());

    private final ReadingThread thread;
    private final String topic;
    private final RecentEvents events;
    private final int maxRecords;
    private final InstantSource clock;

    /**
     * @param consumers makes a consumer without a group
     * @param events receives the statistics
     * @param maxRecords how many records it reads at most
     */
    public PhaseDurationReader(
            Supplier<Consumer<byte[], byte[]>> consumers,
            String topic,
            RecentEvents events,
            int maxRecords,
            InstantSource clock) {
        this.thread = new ReadingThread("past-week", consumers, RETRY_DELAY);
        this.topic = topic;
        this.events = events;
        this.maxRecords = maxRecords;
        this.clock = clock;
    }

    /** Starts to read in a thread of its own. */
    public void start() {
        thread.start(this::read, _ -> {});
    }

    @Override
    public void close() {
        thread.close();
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        PhaseDurationHistory found = new PhaseDurationHistory(maxRecords);
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        Map<TopicPartition, Long> ends = ends(consumer, partitions);
        Map<TopicPartition, Long> beginnings = beginnings(consumer, ends);
        consumer.assign(beginnings.keySet());
        beginnings.forEach(consumer::seek);
        Map<TopicPartition, Long> unread = new HashMap<>(ends);
        unread.keySet().retainAll(beginnings.keySet());
        while (!unread.isEmpty() && !thread.isStopped()) {
            for (ConsumerRecord<byte[], byte[]> read : consumer.poll(POLL)) {
                TopicPartition partition = new TopicPartition(read.topic(), read.partition());
                if (read.offset() < unread.getOrDefault(partition, 0L) && endsAJoin(read)) {
                    EventDecoder.decode(read).flatMap(EndedJoin::of).ifPresent(found::add);
                }
            }
            unread.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            consumer.pause(consumer.assignment().stream()
                    .filter(partition -> !unread.containsKey(partition))
                    .toList());
        }
        if (unread.isEmpty()) {
            events.week().addAll(found);
        }
    }

    /** Returns where the recent events begin. */
    private Map<TopicPartition, Long> ends(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
        ends.putAll(offsets(consumer, partitions, events.reach()));
        return ends;
    }

    /** Returns where to begin in the partitions that have anything to read. */
    private Map<TopicPartition, Long> beginnings(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        long most = maxRecords / Math.max(1, ends.size());
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        offsets(consumer, ends.keySet(), REACH).forEach((partition, offset) -> {
            long end = ends.getOrDefault(partition, 0L);
            if (offset < end) {
                beginnings.put(partition, Math.max(offset, end - most));
            }
        });
        return beginnings;
    }

    /** Returns the first offset of each partition since some time ago; none for one without a record since then. */
    private Map<TopicPartition, Long> offsets(
            Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions, Duration ago) {
        long time = clock.instant().minus(ago).toEpochMilli();
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, time));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp first = found.get(partition);
            if (first != null) {
                offsets.put(partition, first.offset());
            }
        }
        return offsets;
    }

    /** Decoding costs much more than to look at a header; nine of ten events are of phases. */
    private static boolean endsAJoin(ConsumerRecord<byte[], byte[]> read) {
        Header type = read.headers().lastHeader(TYPE_HEADER);
        return type != null && ENDS.contains(new String(type.value(), StandardCharsets.UTF_8));
    }
}
