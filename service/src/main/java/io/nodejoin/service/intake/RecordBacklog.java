package io.nodejoin.service.intake;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The records that are read and not processed yet. Decides which one starts next: of the records for one node the oldest
 * alone, and by turns those of each partition and, within it, of each tenant. Not thread-safe.
 */
final class RecordBacklog {
    /** About 20 MB. */
    private static final int MAX_PARKED = 200_000;

    private final Map<TopicPartition, PartitionBacklog> partitions = new LinkedHashMap<>();
    /** The records for each node, in order; the first one is ready or running. */
    private final Map<String, Deque<PendingRecord>> lanes = new HashMap<>();

    /** Returns the backlog of a partition, which becomes one of this consumer if it was none. */
    PartitionBacklog partition(TopicPartition partition) {
        return partitions.computeIfAbsent(partition, PartitionBacklog::new);
    }

    /** Adds a record, unless it is parked or was added before. */
    void add(PendingRecord read) {
        if (!read.partition().take(read)) {
            return;
        }
        Deque<PendingRecord> lane = lanes.computeIfAbsent(read.lane(), _ -> new ArrayDeque<>());
        lane.add(read);
        if (lane.size() == 1) {
            read.partition().ready(read);
        }
    }

    /**
     * Removes and returns the record that starts next.
     *
     * @param held partitions of which none starts
     */
    Optional<PendingRecord> start(Set<TopicPartition> held) {
        for (PartitionBacklog partition : partitions.values()) {
            Optional<PendingRecord> next = held.contains(partition.partition()) ? Optional.empty() : partition.start();
            if (next.isPresent()) {
                partitions.remove(partition.partition());
                partitions.put(partition.partition(), partition);
                return next;
            }
        }
        return Optional.empty();
    }

    /** Ends a record that was started. */
    void processed(PendingRecord done) {
        done.partition().stopped();
        done.partition().processed(done);
        leaveLane(done);
    }

    /** Lets a record that was started start again. */
    void failed(PendingRecord tried) {
        tried.partition().stopped();
        if (tried.partition().isClosed()) {
            leaveLane(tried);
        } else {
            tried.partition().ready(tried);
        }
    }

    /** Gives up the records of these partitions; those that run are neither interrupted nor tried again. */
    void close(Collection<TopicPartition> revoked) {
        for (TopicPartition partition : revoked) {
            PartitionBacklog closed = partitions.remove(partition);
            if (closed != null) {
                closed.close().forEach(this::leaveLane);
            }
        }
    }

    /** Returns from where parked records are to be read again. */
    Map<TopicPartition, Long> beginRereading(Set<TopicPartition> held) {
        return offsets(
                partition -> held.contains(partition.partition()) ? OptionalLong.empty() : partition.beginRereading());
    }

    /** Returns where the partitions go on of which no more parked records are wanted. */
    Map<TopicPartition, Long> endRereading() {
        return offsets(PartitionBacklog::endRereading);
    }

    private Map<TopicPartition, Long> offsets(Function<PartitionBacklog, OptionalLong> of) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (PartitionBacklog partition : partitions.values()) {
            of.apply(partition).ifPresent(offset -> offsets.put(partition.partition(), offset));
        }
        return offsets;
    }

    boolean isRunning(Collection<TopicPartition> which) {
        return which.stream().map(partitions::get).anyMatch(partition -> partition != null && partition.isRunning());
    }

    /** Returns the partitions of which no more is to be read for now. */
    Set<TopicPartition> full() {
        boolean parkedFull =
                partitions.values().stream().mapToInt(PartitionBacklog::parked).sum() >= MAX_PARKED;
        return partitions.values().stream()
                .filter(partition ->
                        partition.isFull() || (parkedFull && partition.parked() > 0 && !partition.isRereading()))
                .map(PartitionBacklog::partition)
                .collect(Collectors.toUnmodifiableSet());
    }

    private void leaveLane(PendingRecord first) {
        String name = first.lane();
        Deque<PendingRecord> lane = lanes.getOrDefault(name, new ArrayDeque<>());
        lane.poll();
        while (!lane.isEmpty() && lane.element().partition().isClosed()) {
            lane.remove();
        }
        if (lane.isEmpty()) {
            lanes.remove(name);
        } else {
            PendingRecord next = lane.element();
            next.partition().ready(next);
        }
    }
}
