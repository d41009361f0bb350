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

/**
 * The partitions that wait, each before a record that could not be settled, and when each is tried again: after ever longer
 * pauses. Of the records themselves nothing is kept.
 */
final class PausedPartitions {
    private static final Duration INITIAL_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Pause> pauses = new LinkedHashMap<>();

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    PausedPartitions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param othersProgress whether records of other partitions were settled since it waits */
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

    /** The partition waits before this record. */
    void pause(ConsumerRecord<?, ?> failedRecord, String reason) {
        String position = failedRecord.topic() + "-" + failedRecord.partition() + "@" + failedRecord.offset();
        long now = nanoTime.getAsLong();
        pauses.compute(
                new TopicPartition(failedRecord.topic(), failedRecord.partition()),
                (_, before) -> before != null && before.position().equals(position)
                        ? before.next(reason, now)
                        : Pause.first(position, reason, now));
    }

    /** A record of this partition was settled: what the others wait for keeps not everything from going on. */
    void recordProcessed(TopicPartition partition) {
        pauses.remove(partition);
        pauses.replaceAll((_, pause) -> pause.withOthersProgressing());
    }

    /** They are another member's now. */
    void remove(Collection<TopicPartition> partitions) {
        pauses.keySet().removeAll(partitions);
    }

    /** Those that are not to be tried yet. */
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

    /** Why nothing goes on, as far as is known: no record was settled since a partition began to wait. Or null. */
    @Nullable String notReadyReason() {
        return text(pause -> !pause.othersProgress());
    }

    /** Why a partition waits, whether or not others go on, or null if none does. */
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
