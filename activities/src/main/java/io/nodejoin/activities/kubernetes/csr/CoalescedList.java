package io.nodejoin.activities.kubernetes.csr;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Coalesces concurrent lists into one. The API server has no field selector for the requester, so otherwise each
 * waiting join would list the CSRs of all tokens.
 */
final class CoalescedList<T> {
    /** Pause after a list, as a multiple of its duration: lists take at most a sixth of the time. */
    private static final int PAUSE_FACTOR = 5;

    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private final Function<Set<String>, Map<String, List<T>>> lister;
    private final BiConsumer<Duration, Runnable> scheduler;
    private final LongSupplier nanoTime;
    private @Nullable Batch<T> next;
    private boolean busy;
    private long pauseEnds;

    /**
     * @param lister lists once and returns the items of each of these keys
     * @param scheduler runs a task after a pause, on a thread that may block
     */
    CoalescedList(
            Function<Set<String>, Map<String, List<T>>> lister,
            BiConsumer<Duration, Runnable> scheduler,
            LongSupplier nanoTime) {
        this.lister = lister;
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.pauseEnds = nanoTime.getAsLong();
    }

    /** Creates a list that runs on virtual threads, with the machine's clock. */
    static <T> CoalescedList<T> onVirtualThreads(Function<Set<String>, Map<String, List<T>>> lister) {
        return new CoalescedList<>(
                lister,
                (pause, task) -> CompletableFuture.delayedExecutor(
                                pause.toNanos(),
                                TimeUnit.NANOSECONDS,
                                command -> Thread.ofVirtual().start(command))
                        .execute(task),
                System::nanoTime);
    }

    /** Returns the items with this key, from a list that starts after this call. Throws what the list throws. */
    List<T> get(String key) {
        try {
            return enqueue(key).join().getOrDefault(key, List.of());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private synchronized CompletableFuture<Map<String, List<T>>> enqueue(String key) {
        Batch<T> batch = next;
        if (batch == null) {
            batch = new Batch<>(new HashSet<>(), new CompletableFuture<>());
            next = batch;
            scheduleUnlessBusy();
        }
        batch.keys().add(key);
        return batch.result();
    }

    private void scheduleUnlessBusy() {
        if (!busy) {
            busy = true;
            scheduler.accept(Duration.ofNanos(Math.max(0, pauseEnds - nanoTime.getAsLong())), this::runBatch);
        }
    }

    private void runBatch() {
        Batch<T> batch = takeBatch();
        long begun = nanoTime.getAsLong();
        try {
            batch.result().complete(lister.apply(batch.keys()));
        } catch (RuntimeException e) { // every failure is reported to the callers of get
            batch.result().completeExceptionally(e);
        } finally {
            // No effect after a result or a failure. An Error ends this thread, but must not leave callers blocked.
            batch.result().completeExceptionally(new IllegalStateException("the list was abandoned"));
            finishBatch(begun);
        }
    }

    private synchronized Batch<T> takeBatch() {
        Batch<T> batch = Objects.requireNonNull(next, "a list is scheduled only for waiting callers");
        next = null;
        return batch;
    }

    private synchronized void finishBatch(long begun) {
        long ended = nanoTime.getAsLong();
        pauseEnds = ended + Math.min(PAUSE_FACTOR * (ended - begun), MAX_PAUSE.toNanos());
        busy = false;
        if (next != null) {
            scheduleUnlessBusy();
        }
    }

    private record Batch<T>(Set<String> keys, CompletableFuture<Map<String, List<T>>> result) {}
}
