package io.nodejoin.activities.kubernetes;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Runs at most one call per key at a time. Whoever asks while it runs gets its result, so that many joins that need the
 * same answer make one request. Remembers nothing once a call has ended.
 *
 * @param <K> the key, such as a cluster
 * @param <V> the result
 */
public final class SingleFlight<K, V> {
    private final Map<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();

    /** Returns the result of the running call with this key, or of this one if none runs. Throws what that call throws. */
    public V get(K key, Supplier<V> call) {
        CompletableFuture<V> own = new CompletableFuture<>();
        CompletableFuture<V> other = running.putIfAbsent(key, own);
        return other == null ? run(key, own, call) : await(other);
    }

    private V run(K key, CompletableFuture<V> own, Supplier<V> call) {
        try {
            V result = call.get();
            own.complete(result);
            return result;
        } catch (RuntimeException e) { // every failure is reported to all who wait for the call
            own.completeExceptionally(e);
            throw e;
        } finally {
            running.remove(key, own);
            // No effect after a result or a failure. An Error ends this thread, but must not leave others blocked.
            own.completeExceptionally(new IllegalStateException("the call was abandoned"));
        }
    }

    private static <V> V await(CompletableFuture<V> other) {
        try {
            return other.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw e;
        }
    }
}
