package io.nodejoin.service.intake;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The paused partitions, each with the position of the record that failed and its exponential backoff. */
final class PausedPartitions {
    private static final Duration INITIAL_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Pause> pauses = new LinkedHashMap<>();

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    PausedPartitions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param othersProgress whether records of other partitions were processed since the pause */
    private record Pause(String position, String reason, Duration backoff, long until, boolean othersProgress) {
        static Pause first(String position, String reason, long now) {
            return new Pause(position, reason, INITIAL_BACKOFF, now + INITIAL_BACKOFF.toNanos(), false);
        }

        Pause next(String why, long now) {
            Duration twice = backoff.multipliedBy(2);
            Duration longer = twice.compareTo(MAX_BACKOFF) < 0 ? twice : MAX_BACKOFF;
            return new Pause(position, why, longer, now + longer.toNanos(), othersProgress);
        }

        Pause withOthersProgressing() {
            return new Pause(position, reason, backoff, until, true);
        }
    }

    /** Pauses the partition before this record. */
    void pause(ConsumerRecord<?, ?> failedRecord, String reason) {
        String position = failedRecord.topic() + "-" + failedRecord.partition() + "@" + failedRecord.offset();
        long now = nanoTime.getAsLong();
        pauses.compute(
                new TopicPartition(failedRecord.topic(), failedRecord.partition()),
                (_, before) -> before != null && before.position().equals(position)
                        ? before.next(reason, now)
                        : Pause.first(position, reason, now));
    }

    /**
     * Records that a record of this partition was processed, so the cause of other pauses does not affect all records.
     */
    void recordProcessed(TopicPartition partition) {
        pauses.remove(partition);
        pauses.replaceAll((_, pause) -> pause.withOthersProgressing());
    }

    /** Removes partitions that another consumer now owns. */
    void remove(Collection<TopicPartition> partitions) {
        pauses.keySet().removeAll(partitions);
    }

    /** Returns the partitions whose backoff has not passed. */
    Set<TopicPartition> inBackoff() {
        long now = nanoTime.getAsLong();
        return pauses.entrySet().stream()
                .filter(entry -> entry.getValue().until() - now > 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    int count() {
        return pauses.size();
    }

    /** Returns why nothing is processed: no record was processed since a partition was paused. Or null. */
    @Nullable String notReadyReason() {
        return text(pause -> !pause.othersProgress());
    }

    /** Returns why a partition is paused, whether or not others are processed, or null if none is. */
    @Nullable String warning() {
        return text(_ -> true);
    }

    private @Nullable String text(Predicate<Pause> which) {
        List<Pause> found = pauses.values().stream().filter(which).toList();
        if (found.isEmpty()) {
            return null;
        }
        Pause first = found.getFirst();
        String others = found.size() == 1 ? "" : ", and " + (found.size() - 1) + " other partitions wait";
        return "record " + first.position() + " waits" + others + ": " + first.reason();
    }
}
