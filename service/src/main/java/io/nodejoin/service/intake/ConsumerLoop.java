package io.nodejoin.service.intake;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
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
 * The poll loop of one consumer. Records of a partition are processed in order and committed. A record that cannot be
 * processed stays in Kafka: the consumer seeks back to it and pauses its partition until the retry; other partitions
 * continue. Polling continues in any case, so the consumer stays in the group.
 */
final class ConsumerLoop implements ConsumerRebalanceListener {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    /**
     * The rest of a batch that takes longer is read again, which limits the number of records that are processed twice
     * after a crash.
     */
    private static final Duration MAX_BATCH_TIME = Duration.ofSeconds(5);

    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordProcessor processor;
    private final BooleanSupplier running;
    private final IntakeHealth health;
    private final LongSupplier nanoTime;
    private final PausedPartitions pausedPartitions;
    private final Map<TopicPartition, OffsetAndMetadata> processed = new HashMap<>();
    private @Nullable String commitFailure;

    /** @param running whether another record may be processed */
    ConsumerLoop(
            Consumer<byte[], byte[]> consumer,
            RecordProcessor processor,
            BooleanSupplier running,
            IntakeHealth health,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.processor = processor;
        this.running = running;
        this.health = health;
        this.nanoTime = nanoTime;
        this.pausedPartitions = new PausedPartitions(nanoTime);
    }

    void subscribe(String topic) {
        consumer.subscribe(List.of(topic), this);
    }

    /** Polls once, processes the records and commits. */
    void pollOnce() throws InterruptedException {
        health.recordProgress();
        resumeAfterBackoff();
        ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL_TIMEOUT);
        reportHealth();
        long end = nanoTime.getAsLong() + MAX_BATCH_TIME.toNanos();
        for (TopicPartition partition : batch.partitions()) {
            processRecords(partition, batch.records(partition), end);
        }
        commit();
        reportHealth();
        health.recordLag(consumer.assignment().stream()
                .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                .sum());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // The next owner reads from the committed offset.
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
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
        processed.keySet().removeAll(partitions);
        pausedPartitions.remove(partitions);
    }

    private void resumeAfterBackoff() {
        Set<TopicPartition> due = new HashSet<>(consumer.paused());
        due.removeAll(pausedPartitions.inBackoff());
        consumer.resume(due);
    }

    private void processRecords(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, long end)
            throws InterruptedException {
        for (ConsumerRecord<byte[], byte[]> next : records) {
            if (!running.getAsBoolean() || nanoTime.getAsLong() - end >= 0) {
                consumer.seek(partition, next.offset());
                return;
            }
            health.recordProgress();
            String obstacle = processRecords(next);
            if (obstacle != null) {
                pausedPartitions.pause(next, obstacle);
                consumer.seek(partition, next.offset());
                consumer.pause(Set.of(partition));
                return;
            }
            pausedPartitions.recordProcessed(partition);
            processed.put(partition, new OffsetAndMetadata(next.offset() + 1));
        }
    }

    /** Returns why the record cannot be processed, or null after it is processed. */
    private @Nullable String processRecords(ConsumerRecord<byte[], byte[]> next) throws InterruptedException {
        try {
            processor.process(next);
            return null;
        } catch (ExecutionException | TimeoutException e) {
            return "Kafka: a rejected record cannot be put on the dead-letter topic: " + RootCause.message(e);
        } catch (RuntimeException e) { // no failure may skip a record, so each one pauses the partition
            return "Temporal: a join cannot be started: " + RootCause.message(e);
        } catch (Error e) {
            SupervisedLoop.logOrHalt("a record", e);
            return "a defect: " + e;
        }
    }
}
