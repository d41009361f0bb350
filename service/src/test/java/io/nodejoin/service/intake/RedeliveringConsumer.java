package io.nodejoin.service.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Kafka's own fake gives a record once; this one gives it again to who goes back to it, and commits nothing for so many times. */
final class RedeliveringConsumer extends MockConsumer<byte[], byte[]> {
    private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
    private final Map<TopicPartition, Long> commits = new ConcurrentHashMap<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger polls = new AtomicInteger();

    private final LongSupplier nanoTime;
    private long polledAt;
    private volatile long longest;

    RedeliveringConsumer(LongSupplier nanoTime) {
        super("earliest");
        this.nanoTime = nanoTime;
        this.polledAt = nanoTime.getAsLong();
    }

    void refuseCommits(int times) {
        refusals.set(times);
    }

    /** Returns the last offset that was committed for a partition, whoever has it now, or null. */
    @Nullable Long lastCommit(TopicPartition partition) {
        return commits.get(partition);
    }

    int polls() {
        return polls.get();
    }

    Duration longestBetweenPolls() {
        return Duration.ofNanos(longest);
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        polls.incrementAndGet();
        longest = Math.max(longest, nanoTime.getAsLong() - polledAt);
        polledAt = nanoTime.getAsLong();
        return super.poll(timeout);
    }

    /** Kafka's own fake remembers those that were taken away. */
    @Override
    public synchronized Set<TopicPartition> paused() {
        return super.paused().stream().filter(assignment()::contains).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized void addRecord(ConsumerRecord<byte[], byte[]> added) {
        log.add(added);
        super.addRecord(added);
    }

    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
        super.seek(partition, offset);
        log.stream()
                .filter(kept -> kept.partition() == partition.partition() && kept.offset() >= offset)
                .forEach(super::addRecord);
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        if (refusals.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
            throw new TimeoutException("no answer");
        }
        super.commitSync(offsets, timeout);
        offsets.forEach((partition, offset) -> commits.put(partition, offset.offset()));
    }
}
