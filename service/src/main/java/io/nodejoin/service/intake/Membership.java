package io.nodejoin.service.intake;

import io.nodejoin.activities.Lasting;
import io.nodejoin.activities.RootCause;
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
 * One consumer's life in the group. Of each partition the records are settled in order and the offset is committed up to where that
 * has come. A record that cannot be settled stays in Kafka with all behind it: its partition is put back to it and paused until it is
 * tried again, and the others go on. Polling goes on in any case, so the group keeps its member.
 */
final class Membership implements ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofMillis(500);
    /** The rest of a batch that takes longer is read again, so that a crash leaves no more than this to be recognised as settled. */
    private static final Duration TURN = Duration.ofSeconds(5);

    private static final Duration COMMIT = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordDesk desk;
    private final BooleanSupplier running;
    private final IntakeHealth health;
    private final LongSupplier nanoTime;
    private final HeldPartitions held;
    private final Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
    private @Nullable String uncommitted;

    /** @param running whether another record may be begun */
    Membership(
            Consumer<byte[], byte[]> consumer,
            RecordDesk desk,
            BooleanSupplier running,
            IntakeHealth health,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.desk = desk;
        this.running = running;
        this.health = health;
        this.nanoTime = nanoTime;
        this.held = new HeldPartitions(nanoTime);
    }

    void join(String topic) {
        consumer.subscribe(List.of(topic), this);
    }

    /** Reads what is there, settles it and commits. */
    void turn() throws InterruptedException {
        health.moves();
        resumeDue();
        ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
        report();
        long end = nanoTime.getAsLong() + TURN.toNanos();
        for (TopicPartition partition : batch.partitions()) {
            settle(partition, batch.records(partition), end);
        }
        commit();
        report();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // They are read from what is committed.
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commit();
        forget(partitions);
    }

    /** Another member owns them already; committing now could move its offset back. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        forget(partitions);
    }

    private void report() {
        health.tell(new IntakeHealth.Report(
                uncommitted == null ? held.obstacle() : uncommitted, held.warning(), held.count()));
    }

    /** What cannot be committed stays settled until the next turn; who reads it before that takes it for a duplicate. */
    private void commit() {
        uncommitted = null;
        if (settled.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(Map.copyOf(settled), COMMIT);
            settled.clear();
        } catch (WakeupException _) {
            commit();
        } catch (KafkaException e) {
            uncommitted = "Kafka: offsets cannot be committed: " + RootCause.reason(e);
        }
    }

    private void forget(Collection<TopicPartition> partitions) {
        settled.keySet().removeAll(partitions);
        held.forget(partitions);
    }

    private void resumeDue() {
        Set<TopicPartition> due = new HashSet<>(consumer.paused());
        due.removeAll(held.waiting());
        consumer.resume(due);
    }

    private void settle(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, long end)
            throws InterruptedException {
        for (ConsumerRecord<byte[], byte[]> next : records) {
            if (!running.getAsBoolean() || nanoTime.getAsLong() - end >= 0) {
                consumer.seek(partition, next.offset());
                return;
            }
            health.moves();
            String obstacle = settle(next);
            if (obstacle != null) {
                held.hold(next, obstacle);
                consumer.seek(partition, next.offset());
                consumer.pause(Set.of(partition));
                return;
            }
            held.settled(partition);
            settled.put(partition, new OffsetAndMetadata(next.offset() + 1));
        }
    }

    /** What keeps the record from being settled, or null if it is. */
    private @Nullable String settle(ConsumerRecord<byte[], byte[]> next) throws InterruptedException {
        try {
            desk.settle(next);
            return null;
        } catch (ExecutionException | TimeoutException e) {
            return "Kafka: a rejected record cannot be put on the dead-letter topic: " + RootCause.reason(e);
        } catch (RuntimeException e) { // a record is skipped for no failure whatsoever, so each one waits
            return "Temporal: a join cannot be started: " + RootCause.reason(e);
        } catch (Error e) {
            Lasting.survive("a record", e);
            return "a defect: " + e;
        }
    }
}
