package io.nodejoin.service.intake;

import io.nodejoin.activities.RootCause;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * The poll loop of one consumer. Some records are processed at the same time, those for one node in order. The offset
 * of a partition is committed up to the first record that is not processed. A record that cannot be processed is tried
 * again later: none of its partition starts before that, and the partition is paused; other partitions continue. Of a
 * tenant with many records only some are in memory, and the others are read again in their turn. Polling continues in any
 * case, so the consumer stays in the group.
 */
final class ConsumerLoop implements ConsumerRebalanceListener, AutoCloseable {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    /** While records are processed, so often the loop looks for others. */
    private static final Duration WORK_TIME = Duration.ofMillis(100);
    /** Records in hand that take longer when a partition moves, or the intake stops, are read and processed again. */
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordProcessor processor;
    private final int maxConcurrent;
    private final BooleanSupplier running;
    private final IntakeHealth health;
    private final LongSupplier nanoTime;
    private final RecordThreads threads;
    private final PausedPartitions pausedPartitions;
    private final RecordBacklog backlog = new RecordBacklog();
    private final Map<TopicPartition, OffsetAndMetadata> processed = new HashMap<>();
    private @Nullable String commitFailure;

    /**
     * @param maxConcurrent how many records are processed at the same time
     * @param running whether another record may be processed
     */
    ConsumerLoop(
            Consumer<byte[], byte[]> consumer,
            RecordProcessor processor,
            int maxConcurrent,
            BooleanSupplier running,
            IntakeHealth health,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.processor = processor;
        this.maxConcurrent = maxConcurrent;
        this.running = running;
        this.health = health;
        this.nanoTime = nanoTime;
        this.threads = new RecordThreads(processor);
        this.pausedPartitions = new PausedPartitions(nanoTime);
    }

    void subscribe(String topic) {
        consumer.subscribe(List.of(topic), this);
    }

    /** Polls once, processes records for a short time and commits. */
    void pollOnce() throws InterruptedException {
        boolean idle = threads.running() == 0;
        if (idle) {
            health.recordProgress();
        }
        backlog.beginRereading(pausedPartitions.inBackoff()).forEach(consumer::seek);
        pauseAndResume();
        read(consumer.poll(idle ? POLL_TIMEOUT : Duration.ZERO));
        reportHealth();
        work();
        pauseAndResume();
        commit();
        reportHealth();
        health.recordLag(consumer.assignment().stream()
                .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                .sum());
    }

    /** Waits for the records in hand, for a bounded time, and commits. */
    void drain() throws InterruptedException {
        awaitRunning(consumer.assignment());
        commit();
    }

    @Override
    public void close() {
        threads.close();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // The next owner reads from the committed offset.
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        try {
            awaitRunning(partitions);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        commit();
        forget(partitions);
    }

    /** Another consumer owns them already; committing now could move its offset back. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        forget(partitions);
    }

    private void reportHealth() {
        health.report(new IntakeHealth.Report(
                commitFailure == null ? pausedPartitions.notReadyReason() : commitFailure,
                pausedPartitions.warning(),
                pausedPartitions.count()));
    }

    /**
     * An offset that cannot be committed is committed in the next iteration; a consumer that reads the records before
     * that recognises them as duplicates.
     */
    private void commit() {
        commitFailure = null;
        if (processed.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(Map.copyOf(processed), COMMIT_TIMEOUT);
            processed.clear();
        } catch (WakeupException _) {
            commit();
        } catch (KafkaException e) {
            commitFailure = "Kafka: offsets cannot be committed: " + RootCause.message(e);
        }
    }

    private void forget(Collection<TopicPartition> partitions) {
        backlog.close(partitions);
        processed.keySet().removeAll(partitions);
        pausedPartitions.remove(partitions);
    }

    private void pauseAndResume() {
        Set<TopicPartition> wanted = new HashSet<>(pausedPartitions.inBackoff());
        wanted.addAll(backlog.full());
        wanted.retainAll(consumer.assignment());
        Set<TopicPartition> due = new HashSet<>(consumer.paused());
        due.removeAll(wanted);
        consumer.resume(due);
        consumer.pause(wanted);
    }

    private void read(ConsumerRecords<byte[], byte[]> batch) {
        for (ConsumerRecord<byte[], byte[]> read : batch) {
            PartitionBacklog partition = backlog.partition(new TopicPartition(read.topic(), read.partition()));
            backlog.add(new PendingRecord(read, partition, processor.decide(read)));
        }
        backlog.endRereading().forEach(consumer::seek);
    }

    /** Starts records, and others as these end, until it is time to poll. */
    private void work() throws InterruptedException {
        long end = nanoTime.getAsLong() + WORK_TIME.toNanos();
        startRecords();
        while (threads.running() > 0 && nanoTime.getAsLong() - end < 0 && settleNext(WORK_TIME)) {
            startRecords();
        }
    }

    private void startRecords() {
        while (running.getAsBoolean() && threads.running() < maxConcurrent) {
            PendingRecord next = backlog.start(pausedPartitions.inBackoff()).orElse(null);
            if (next == null) {
                return;
            }
            health.recordProgress();
            threads.start(next);
        }
    }

    /** Waits for the end of a record. Returns whether one has ended. */
    private boolean settleNext(Duration timeout) throws InterruptedException {
        RecordThreads.Completion ended = threads.poll(timeout);
        if (ended == null) {
            return false;
        }
        health.recordProgress();
        PendingRecord tried = ended.tried();
        String obstacle = ended.obstacle();
        if (obstacle == null) {
            backlog.processed(tried);
        } else {
            backlog.failed(tried);
        }
        if (!tried.partition().isClosed()) {
            recordEnd(tried, obstacle);
        }
        return true;
    }

    private void recordEnd(PendingRecord tried, @Nullable String obstacle) {
        PartitionBacklog partition = tried.partition();
        if (obstacle == null) {
            pausedPartitions.recordProcessed(tried.content());
            partition
                    .advance()
                    .ifPresent(offset -> processed.put(partition.partition(), new OffsetAndMetadata(offset)));
        } else {
            pausedPartitions.pause(tried.content(), obstacle);
        }
    }

    private void awaitRunning(Collection<TopicPartition> partitions) throws InterruptedException {
        long end = nanoTime.getAsLong() + DRAIN_TIMEOUT.toNanos();
        while (backlog.isRunning(partitions)) {
            long left = end - nanoTime.getAsLong();
            if (left <= 0 || !settleNext(Duration.ofNanos(left))) {
                return;
            }
        }
    }
}
