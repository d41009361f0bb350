package io.nodejoin.visibility.event;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics from a time in the past on, and goes on with what comes. Without a group and without commits, so that it
 * disturbs no other reader; each replica reads for itself. Connects again by itself.
 */
public final class TopicFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFeed.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration RECONNECT_DELAY = Duration.ofSeconds(5);

    private final ReadingThread thread;
    private final Map<String, Sink> sinks;
    private final Duration history;
    private final InstantSource clock;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<TopicPartition, Long> behind = new HashMap<>();
    private volatile @Nullable String problem = "not read yet";

    /**
     * @param consumers makes a consumer without a group
     * @param sinks what takes the records, by topic
     * @param history how far back it begins
     */
    public TopicFeed(
            Supplier<Consumer<byte[], byte[]>> consumers,
            Map<String, Sink> sinks,
            Duration history,
            InstantSource clock) {
        this.thread = new ReadingThread("topic-feed", consumers, RECONNECT_DELAY);
        this.sinks = Map.copyOf(sinks);
        this.history = history;
        this.clock = clock;
    }

    /** Takes the records of a topic, one at a time, in the order of each partition. One at which it fails is left out. */
    @FunctionalInterface
    public interface Sink {
        void add(ConsumerRecord<byte[], byte[]> read);
    }

    /** Starts to read in a thread of its own. */
    public void start() {
        thread.start(this::read, e -> problem = "Kafka does not answer: " + e.getMessage());
    }

    /** Returns why what it has passed on is not up to date; null if it is. */
    public @Nullable String problem() {
        return problem;
    }

    @Override
    public void close() {
        thread.close();
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> partitions = partitions(consumer);
        consumer.assign(partitions);
        seek(consumer, partitions);
        behind.clear();
        behind.putAll(consumer.endOffsets(partitions));
        while (!thread.isStopped()) {
            for (ConsumerRecord<byte[], byte[]> read : consumer.poll(POLL)) {
                pass(read);
            }
            behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            problem = behind.isEmpty() ? null : "the past is still being read";
        }
    }

    private void pass(ConsumerRecord<byte[], byte[]> read) {
        TopicPartition partition = new TopicPartition(read.topic(), read.partition());
        positions.put(partition, read.offset() + 1);
        Sink sink = sinks.get(read.topic());
        if (sink == null) {
            return;
        }
        try {
            sink.add(read);
        } catch (RuntimeException e) { // whoever may write to the topic must not end the reading of it
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", read.offset())
                    .log("a record cannot be shown");
        }
    }

    private Set<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> partitions = new LinkedHashSet<>();
        for (String topic : sinks.keySet()) {
            for (PartitionInfo partition : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, partition.partition()));
            }
        }
        return partitions;
    }

    /** Begins where it was before, or else at the beginning of the time that is asked for. */
    private void seek(Consumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
        Set<TopicPartition> unread = new HashSet<>(partitions);
        unread.removeAll(positions.keySet());
        Map<TopicPartition, Long> times = new HashMap<>();
        long from = clock.instant().minus(history).toEpochMilli();
        unread.forEach(partition -> times.put(partition, from));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        for (TopicPartition partition : partitions) {
            Long before = positions.get(partition);
            OffsetAndTimestamp offset = found.get(partition);
            if (before != null) {
                consumer.seek(partition, before);
            } else if (offset != null) {
                consumer.seek(partition, offset.offset());
            } else {
                consumer.seekToEnd(Set.of(partition));
            }
        }
    }
}
