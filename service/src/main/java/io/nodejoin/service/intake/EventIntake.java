package io.nodejoin.service.intake;

import io.nodejoin.activities.RootCause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the requests topic: each record is settled, in order, before its offset is committed. While Temporal or the
 * dead-letter topic is away, the partitions are paused and polling goes on, so the group keeps its member and nothing is lost.
 */
public final class EventIntake {
    private static final Logger LOG = LoggerFactory.getLogger(EventIntake.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration REMIND = Duration.ofSeconds(30);
    /** Longer than any call takes that a record or a turn needs. */
    private static final Duration STANDS_STILL = Duration.ofSeconds(60);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final String topic;
    private final RecordDesk desk;
    private final InstantSource clock;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Deque<ConsumerRecord<byte[], byte[]>> pending = new ArrayDeque<>();
    private final Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
    private @Nullable volatile Consumer<byte[], byte[]> current;
    private @Nullable volatile String obstacle = "not started";
    private volatile Instant moved = Instant.MAX;
    private Instant remindAt = Instant.MIN;

    public EventIntake(
            Supplier<Consumer<byte[], byte[]>> consumers, String topic, RecordDesk desk, InstantSource clock) {
        this.consumers = consumers;
        this.topic = topic;
        this.desk = desk;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("intake").unstarted(this::run);
    }

    /** Starts reading; returns at once. */
    public void start() {
        thread.start();
    }

    /** Why no records are read now, or null if they are. */
    public @Nullable String obstacle() {
        Duration still = Duration.between(moved, clock.instant());
        return obstacle == null && still.compareTo(STANDS_STILL) > 0
                ? "nothing has moved for " + still.toSeconds() + " s"
                : obstacle;
    }

    /** Ends the record in hand, commits and leaves the group. */
    public void stop() throws InterruptedException {
        stopping.countDown();
        Consumer<byte[], byte[]> consumer = current;
        if (consumer != null) {
            consumer.wakeup();
        }
        if (thread.isAlive() && !thread.join(Duration.ofSeconds(8))) {
            thread.interrupt();
        }
    }

    private void run() {
        try {
            while (isRunning()) {
                session();
            }
        } catch (InterruptedException _) {
            LOG.warn("interrupted; records that are not committed will be read again");
        }
        obstacle = "stopped";
    }

    private void session() throws InterruptedException {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            current = consumer;
            consumer.subscribe(List.of(topic), new Rebalance(consumer));
            clear();
            while (isRunning()) {
                turn(consumer);
            }
            commit(consumer);
        } catch (WakeupException _) {
            LOG.debug("woken up to stop");
        } catch (KafkaException e) {
            blocked("Kafka: " + RootCause.reason(e));
            pause();
        } finally {
            pending.clear();
            settled.clear();
        }
    }

    private void turn(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        moved = clock.instant();
        consumer.poll(pending.isEmpty() ? POLL : RETRY).forEach(pending::add);
        while (!pending.isEmpty() && isRunning()) {
            ConsumerRecord<byte[], byte[]> next = pending.element();
            moved = clock.instant();
            if (!settle(next)) {
                consumer.pause(consumer.assignment());
                break;
            }
            pending.remove();
            settled.put(new TopicPartition(next.topic(), next.partition()), new OffsetAndMetadata(next.offset() + 1));
        }
        boolean committed = commit(consumer);
        if (pending.isEmpty()) {
            consumer.resume(consumer.paused());
            if (committed) {
                clear();
            }
        }
    }

    private boolean settle(ConsumerRecord<byte[], byte[]> next) throws InterruptedException {
        try {
            desk.settle(next);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            blocked("Kafka: a rejected record cannot be put on the dead-letter topic: " + RootCause.reason(e));
            return false;
        } catch (RuntimeException e) { // a record is skipped for no failure whatsoever, so each one waits here
            blocked("Temporal: a join cannot be started: " + RootCause.reason(e));
            return false;
        }
    }

    /** What cannot be committed stays settled until the next turn; who reads it before that takes it for a duplicate. */
    private boolean commit(Consumer<byte[], byte[]> consumer) {
        if (settled.isEmpty()) {
            return true;
        }
        try {
            consumer.commitSync(Map.copyOf(settled), Duration.ofSeconds(5));
            settled.clear();
            return true;
        } catch (WakeupException _) {
            return commit(consumer);
        } catch (KafkaException e) {
            blocked("Kafka: offsets cannot be committed: " + RootCause.reason(e));
            return false;
        }
    }

    private boolean isRunning() {
        return stopping.getCount() > 0;
    }

    private void pause() throws InterruptedException {
        if (stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("stopped while waiting");
        }
    }

    private void blocked(String why) {
        Instant now = clock.instant();
        if (obstacle == null || !now.isBefore(remindAt)) {
            LOG.warn("intake waits, nothing is lost: {}", why);
            remindAt = now.plus(REMIND);
        }
        obstacle = why;
    }

    private void clear() {
        if (obstacle != null) {
            LOG.info("intake reads {}", topic);
        }
        obstacle = null;
        remindAt = Instant.MIN;
    }

    private final class Rebalance implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> consumer;

        Rebalance(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!pending.isEmpty()) {
                consumer.pause(partitions);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit(consumer);
            forget(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            // Another member owns them already; committing now could move its offset back.
            forget(partitions);
        }

        private void forget(Collection<TopicPartition> partitions) {
            partitions.forEach(settled::remove);
            pending.removeIf(waiting -> partitions.contains(new TopicPartition(waiting.topic(), waiting.partition())));
        }
    }
}
