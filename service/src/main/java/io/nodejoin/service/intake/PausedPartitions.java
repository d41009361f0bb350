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

/** The paused partitions, each with the first record that failed and its exponential backoff. */
final class PausedPartitions {
    private static final Duration INITIAL_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Pause> pauses = new LinkedHashMap<>();

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    PausedPartitions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * @param offset of the first record that failed
     * @param othersProgress whether other records were processed since the pause
     */
    private record Pause(long offset, String reason, Duration backoff, long until, boolean othersProgress) {
        static Pause first(long offset, String reason, long now) {
            return new Pause(offset, reason, INITIAL_BACKOFF, now + INITIAL_BACKOFF.toNanos(), false);
        }

        /** Of the records that fail together, the first one in the partition is reported, and only one lengthens the backoff. */
        Pause withFailure(long failed, String why, long now) {
            Pause reported = failed <= offset ? new Pause(failed, why, backoff, until, othersProgress) : this;
            return until - now > 0 ? reported : reported.longer(now);
        }

        private Pause longer(long now) {
            Duration twice = backoff.multipliedBy(2);
            Duration longer = twice.compareTo(MAX_BACKOFF) < 0 ? twice : MAX_BACKOFF;
            return new Pause(offset, reason, longer, now + longer.toNanos(), othersProgress);
        }

        Pause withOthersProgressing() {
            return new Pause(offset, reason, backoff, until, true);
        }
    }

    /** Pauses the partition of this record. */
    void pause(ConsumerRecord<?, ?> failedRecord, String reason) {
        long offset = failedRecord.offset();
        long now = nanoTime.getAsLong();
        pauses.compute(
                partition(failedRecord),
                (_, before) ->
                        before == null ? Pause.first(offset, reason, now) : before.withFailure(offset, reason, now));
    }

    /** Ends the pause for this record. The cause of other pauses does not affect all records. */
    void recordProcessed(ConsumerRecord<?, ?> processed) {
        pauses.computeIfPresent(
                partition(processed), (_, pause) -> pause.offset() == processed.offset() ? null : pause);
        pauses.replaceAll((_, pause) -> pause.withOthersProgressing());
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
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
        List<Map.Entry<TopicPartition, Pause>> found = pauses.entrySet().stream()
                .filter(entry -> which.test(entry.getValue()))
                .toList();
        if (found.isEmpty()) {
            return null;
        }
        Pause first = found.getFirst().getValue();
        String position = found.getFirst().getKey() + "@" + first.offset();
        String others = found.size() == 1 ? "" : ", and " + (found.size() - 1) + " other partitions wait";
        return "record " + position + " waits" + others + ": " + first.reason();
    }
}
