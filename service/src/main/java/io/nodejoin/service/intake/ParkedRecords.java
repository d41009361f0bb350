package io.nodejoin.service.intake;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * The offsets of a partition's records that wait in Kafka until their tenant has few in memory; each takes some 100
 * bytes. The records of a tenant leave in order. Those for a node wait together, in the queue of the tenant that had one
 * parked first, so they leave in order too.
 */
final class ParkedRecords {
    private final Map<String, Queue<Long>> tenants = new HashMap<>();
    /** By a hash of the node: at worst another node's record waits longer. */
    private final Map<Integer, Lane> lanes = new HashMap<>();

    private int size;

    private static final class Lane {
        private final String tenant;
        private int records;

        Lane(String tenant) {
            this.tenant = tenant;
        }
    }

    /** Returns whether a record must wait behind one that is parked. */
    boolean precede(PendingRecord read) {
        return tenants.containsKey(read.tenant()) || lanes.containsKey(hash(read));
    }

    /** Adds a record, which is behind all others. */
    void park(PendingRecord read) {
        Lane lane = lanes.computeIfAbsent(hash(read), _ -> new Lane(read.tenant()));
        lane.records++;
        tenants.computeIfAbsent(lane.tenant, _ -> new ArrayDeque<>()).add(read.offset());
        size++;
    }

    /** Removes the record if it is parked as the first one of one of these tenants. Returns whether it was. */
    boolean removeFirst(PendingRecord read, Predicate<String> tenant) {
        boolean removed = removeFirst(read.offset(), tenant);
        Lane lane = lanes.get(hash(read));
        if (removed && lane != null && --lane.records == 0) {
            lanes.remove(hash(read));
        }
        return removed;
    }

    /**
     * Removes records that Kafka has deleted, if they are the first ones of their tenant. Their nodes are not known any
     * more: another record for one is parked as well, and leaves soon.
     */
    void removeDeleted(long from, long to) {
        for (Queue<Long> offsets : tenants.values()) {
            while (!offsets.isEmpty() && offsets.element() >= from && offsets.element() < to) {
                offsets.remove();
                size--;
            }
        }
        tenants.values().removeIf(Queue::isEmpty);
    }

    private boolean removeFirst(Long offset, Predicate<String> tenant) {
        for (Map.Entry<String, Queue<Long>> parked : tenants.entrySet()) {
            if (offset.equals(parked.getValue().element()) && tenant.test(parked.getKey())) {
                parked.getValue().remove();
                tenants.values().removeIf(Queue::isEmpty);
                size--;
                return true;
            }
        }
        return false;
    }

    /** Returns the first offset of these tenants. */
    OptionalLong first(Predicate<String> tenant) {
        return tenants.entrySet().stream()
                .filter(entry -> tenant.test(entry.getKey()))
                .mapToLong(entry -> entry.getValue().element())
                .min();
    }

    int size() {
        return size;
    }

    private static int hash(PendingRecord read) {
        return read.lane().hashCode();
    }
}
