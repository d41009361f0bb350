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
final class HeldPartitions {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Hold> holds = new LinkedHashMap<>();

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    HeldPartitions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param alone whether records of other partitions were settled since it waits */
    private record Hold(String place, String reason, Duration pause, long until, boolean alone) {
        static Hold first(String place, String reason, long now) {
            return new Hold(place, reason, FIRST_PAUSE, now + FIRST_PAUSE.toNanos(), false);
        }

        Hold again(String why, long now) {
            Duration twice = pause.multipliedBy(2);
            Duration longer = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
            return new Hold(place, why, longer, now + longer.toNanos(), alone);
        }

        Hold othersGoOn() {
            return new Hold(place, reason, pause, until, true);
        }
    }

    /** The partition waits before this record. */
    void hold(ConsumerRecord<?, ?> unsettled, String reason) {
        String place = unsettled.topic() + "-" + unsettled.partition() + "@" + unsettled.offset();
        long now = nanoTime.getAsLong();
        holds.compute(
                new TopicPartition(unsettled.topic(), unsettled.partition()),
                (_, before) -> before != null && before.place().equals(place)
                        ? before.again(reason, now)
                        : Hold.first(place, reason, now));
    }

    /** A record of this partition was settled: what the others wait for keeps not everything from going on. */
    void settled(TopicPartition partition) {
        holds.remove(partition);
        holds.replaceAll((_, hold) -> hold.othersGoOn());
    }

    /** They are another member's now. */
    void forget(Collection<TopicPartition> partitions) {
        holds.keySet().removeAll(partitions);
    }

    /** Those that are not to be tried yet. */
    Set<TopicPartition> waiting() {
        long now = nanoTime.getAsLong();
        return holds.entrySet().stream()
                .filter(entry -> entry.getValue().until() - now > 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    int count() {
        return holds.size();
    }

    /** Why nothing goes on, as far as is known: no record was settled since a partition began to wait. Or null. */
    @Nullable String obstacle() {
        return text(hold -> !hold.alone());
    }

    /** Why a partition waits, whether or not others go on, or null if none does. */
    @Nullable String warning() {
        return text(_ -> true);
    }

    private @Nullable String text(Predicate<Hold> which) {
        List<Hold> found = holds.values().stream().filter(which).toList();
        if (found.isEmpty()) {
            return null;
        }
        Hold first = found.getFirst();
        String others = found.size() == 1 ? "" : ", and " + (found.size() - 1) + " other partitions wait";
        return "record " + first.place() + " waits" + others + ": " + first.reason();
    }
}
