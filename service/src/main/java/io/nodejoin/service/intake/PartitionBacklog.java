package io.nodejoin.service.intake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of one partition that are read and not processed yet. Of a tenant with many, only the first ones are in
 * memory; the others are read again later, so that those of other tenants behind them are reached.
 */
final class PartitionBacklog {
    /** More are not read before some are processed. */
    static final int MAX_RECORDS = 200;
    /** More of one tenant are parked. */
    static final int MAX_RECORDS_OF_TENANT = 50;
    /** Parked ones of a tenant are read again once it has fewer. */
    private static final int FEW_RECORDS = MAX_RECORDS_OF_TENANT / 2;

    private static final long NOTHING_READ = -1;
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_BYTES_OF_TENANT = MAX_BYTES / 4;

    private final TopicPartition partition;
    private final NavigableMap<Long, PendingRecord> unfinished = new TreeMap<>();
    /** Those that may start, by tenant; the tenant whose turn it is comes first. */
    private final Map<String, NavigableMap<Long, PendingRecord>> ready = new LinkedHashMap<>();

    private final ParkedRecords parked = new ParkedRecords();
    private final Map<String, Share> shares = new HashMap<>();
    private long readUpTo;
    private long processedUpTo = NOTHING_READ;
    private long bytes;
    /** From where parked records are read again, or nothing. */
    private OptionalLong rereading = OptionalLong.empty();

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

    /** What a tenant has in memory. */
    private record Share(int records, long bytes) {
        static final Share NONE = new Share(0, 0);

        Share plus(int more, int size) {
            return new Share(records + more, bytes + size);
        }
    }

    /** Takes a record that was read. Returns false if it is parked or was taken before. */
    boolean take(PendingRecord read) {
        boolean taken = read.offset() < readUpTo ? takeAgain(read) : takeFirst(read);
        if (taken) {
            unfinished.put(read.offset(), read);
            account(read, 1);
        }
        return taken;
    }

    private boolean takeFirst(PendingRecord read) {
        if (processedUpTo == NOTHING_READ) {
            processedUpTo = read.offset();
        }
        readUpTo = read.offset() + 1;
        rereading = OptionalLong.empty();
        if (parked.precede(read) || !hasRoom(read.tenant())) {
            parked.park(read);
            return false;
        }
        return true;
    }

    private boolean takeAgain(PendingRecord read) {
        rereading.ifPresent(next -> parked.removeDeleted(next, read.offset()));
        rereading = OptionalLong.of(read.offset() + 1);
        return parked.removeFirst(read, this::hasRoom);
    }

    private void account(PendingRecord changed, int records) {
        int size = records * changed.bytes();
        bytes += size;
        Share share = shares.getOrDefault(changed.tenant(), Share.NONE).plus(records, size);
        if (share.records() == 0) {
            shares.remove(changed.tenant());
        } else {
            shares.put(changed.tenant(), share);
        }
    }

    private boolean hasRoom(String tenant) {
        Share share = shares.getOrDefault(tenant, Share.NONE);
        return share.records() < MAX_RECORDS_OF_TENANT && share.bytes() < MAX_BYTES_OF_TENANT;
    }

    private boolean hasFew(String tenant) {
        Share share = shares.getOrDefault(tenant, Share.NONE);
        return share.records() < FEW_RECORDS && share.bytes() < MAX_BYTES_OF_TENANT / 2;
    }

    /** Begins to read parked records again, if it is time. Returns from where, or empty if the consumer stays where it is. */
    OptionalLong beginRereading() {
        if (rereading.isPresent() || isFull()) {
            return OptionalLong.empty();
        }
        rereading = parked.first(this::hasFew);
        return rereading;
    }

    /** Ends that, if nothing more is wanted. Returns where the consumer goes on, or empty if it stays where it is. */
    OptionalLong endRereading() {
        if (rereading.isEmpty() || (!isFull() && parked.first(this::hasRoom).isPresent())) {
            return OptionalLong.empty();
        }
        rereading = OptionalLong.empty();
        return OptionalLong.of(readUpTo);
    }

    /** Returns the number of records that wait in Kafka. */
    int parked() {
        return parked.size();
    }

    boolean isRereading() {
        return rereading.isPresent();
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
        account(done, -1);
    }

    boolean isRunning() {
        return running > 0;
    }

    boolean isFull() {
        return unfinished.size() >= MAX_RECORDS || bytes >= MAX_BYTES;
    }

    /** Returns the offset up to which all records are processed, if that is further than at the last call. */
    OptionalLong advance() {
        long first = parked.first(_ -> true).orElse(readUpTo);
        long upTo = unfinished.isEmpty() ? first : Math.min(first, unfinished.firstKey());
        if (upTo == processedUpTo) {
            return OptionalLong.empty();
        }
        processedUpTo = upTo;
        return OptionalLong.of(upTo);
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
