package io.nodejoin.service.intake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** The records of one partition that are read and not processed yet. */
final class PartitionBacklog {
    /** More are not read before some are processed. */
    static final int MAX_RECORDS = 200;

    private static final int MAX_BYTES = 1 << 20;

    private final TopicPartition partition;
    private final NavigableMap<Long, PendingRecord> unfinished = new TreeMap<>();
    /** Those that may start, by tenant; the tenant whose turn it is comes first. */
    private final Map<String, NavigableMap<Long, PendingRecord>> ready = new LinkedHashMap<>();

    private long readUpTo;
    private long bytes;
    private int running;
    private boolean closed;

    PartitionBacklog(TopicPartition partition) {
        this.partition = partition;
    }

    String name() {
        return partition.toString();
    }

    TopicPartition partition() {
        return partition;
    }

    void add(PendingRecord read) {
        unfinished.put(read.offset(), read);
        bytes += read.bytes();
        readUpTo = read.offset() + 1;
    }

    /** Lets the record start when it is its turn. */
    void ready(PendingRecord next) {
        ready.computeIfAbsent(next.tenant(), _ -> new TreeMap<>()).put(next.offset(), next);
    }

    /** Removes and returns the record whose turn it is; the next one is another tenant's if there is one. */
    Optional<PendingRecord> start() {
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        Map.Entry<String, NavigableMap<Long, PendingRecord>> tenant =
                ready.entrySet().iterator().next();
        NavigableMap<Long, PendingRecord> records = tenant.getValue();
        PendingRecord first = records.firstEntry().getValue();
        records.remove(first.offset());
        ready.remove(tenant.getKey());
        if (!records.isEmpty()) {
            ready.put(tenant.getKey(), records);
        }
        running++;
        return Optional.of(first);
    }

    /** Ends a try of a record. */
    void stopped() {
        running--;
    }

    void processed(PendingRecord done) {
        unfinished.remove(done.offset());
        bytes -= done.bytes();
    }

    boolean isRunning() {
        return running > 0;
    }

    boolean isFull() {
        return unfinished.size() >= MAX_RECORDS || bytes >= MAX_BYTES;
    }

    /** Returns the offset up to which all records are processed. */
    long processedUpTo() {
        return unfinished.isEmpty() ? readUpTo : unfinished.firstKey();
    }

    /** Gives up its records, which another consumer reads. Returns those that were ready. */
    List<PendingRecord> close() {
        closed = true;
        List<PendingRecord> given = new ArrayList<>();
        ready.values().forEach(records -> given.addAll(records.values()));
        ready.clear();
        return given;
    }

    boolean isClosed() {
        return closed;
    }
}
