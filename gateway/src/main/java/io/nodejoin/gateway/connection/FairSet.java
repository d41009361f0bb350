package io.nodejoin.gateway.connection;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * A bounded set of what several owners have. One too many takes the oldest from the owner that has the most; of owners
 * that have the same number, from the one that came first. Thread-safe.
 */
final class FairSet<T> {
    private final int capacity;
    private final Map<String, SequencedSet<T>> ofOwners = new LinkedHashMap<>();
    private int size;

    FairSet(int capacity) {
        this.capacity = capacity;
    }

    /** Adds an element and returns the one that had to go for it, which may be itself. No effect if it is there. */
    synchronized Optional<T> add(String owner, T element) {
        if (!ofOwners.computeIfAbsent(owner, _ -> new LinkedHashSet<>()).add(element)) {
            return Optional.empty();
        }
        size++;
        if (size <= capacity) {
            return Optional.empty();
        }
        Map.Entry<String, SequencedSet<T>> most = ofOwners.entrySet().stream()
                .max(Comparator.comparingInt(entry -> entry.getValue().size()))
                .orElseThrow();
        T oldest = most.getValue().getFirst();
        remove(most.getKey(), oldest);
        return Optional.of(oldest);
    }

    /** No effect if it is not there. */
    synchronized void remove(String owner, T element) {
        SequencedSet<T> own = ofOwners.get(owner);
        if (own != null && own.remove(element)) {
            size--;
            if (own.isEmpty()) {
                ofOwners.remove(owner);
            }
        }
    }

    synchronized int size() {
        return size;
    }
}
