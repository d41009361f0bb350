package io.nodejoin.gateway.longpoll;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The requests that this replica holds, by what they wait for. Thread-safe. */
public final class HeldRequests<K, R extends HeldRequest<?>> {
    private final Map<K, List<R>> held = new ConcurrentHashMap<>();

    /** Adds a request. Add it before looking for its answer, and {@link #remove} it afterwards. */
    public void add(K key, R request) {
        held.merge(
                key,
                List.of(request),
                (before, added) ->
                        Stream.concat(before.stream(), added.stream()).toList());
    }

    public void remove(K key, R request) {
        held.computeIfPresent(key, (_, before) -> {
            List<R> left =
                    before.stream().filter(other -> !other.equals(request)).toList();
            return left.isEmpty() ? null : left;
        });
    }

    /** Returns those that wait for this, in the order in which they came. */
    public Stream<R> of(K key) {
        return held.getOrDefault(key, List.of()).stream();
    }

    /** Returns those that wait for anything of these. */
    public Stream<R> matching(Predicate<K> keys) {
        return held.entrySet().stream()
                .filter(entry -> keys.test(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream());
    }

    public boolean isEmpty() {
        return held.isEmpty();
    }

    /** Wakes those that wait for this. */
    public void wake(K key) {
        of(key).forEach(HeldRequest::wake);
    }

    public void wakeAll() {
        held.keySet().forEach(this::wake);
    }
}
