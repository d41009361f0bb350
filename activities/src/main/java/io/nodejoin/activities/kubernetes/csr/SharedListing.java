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
 * One list of a whole collection for all who ask at the same time. The API server cannot select by requester, so without
 * sharing, each waiting join would pay for every request that any token has made.
 */
final class SharedListing<T> {
    /** After each list, a pause of so many times its length: however long lists get, they take a sixth of the time. */
    private static final int REST = 5;

    private static final Duration LONGEST_REST = Duration.ofSeconds(5);

    private final Function<Set<String>, Map<String, List<T>>> lister;
    private final BiConsumer<Duration, Runnable> scheduler;
    private final LongSupplier nanoTime;
    private @Nullable Round<T> next;
    private boolean busy;
    private long rested;

    /**
     * @param lister lists once and keeps what has one of these keys
     * @param scheduler runs a task after a pause, on a thread that may block
     */
    SharedListing(
            Function<Set<String>, Map<String, List<T>>> lister,
            BiConsumer<Duration, Runnable> scheduler,
            LongSupplier nanoTime) {
        this.lister = lister;
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.rested = nanoTime.getAsLong();
    }

    /** On virtual threads, by the machine's clock. */
    static <T> SharedListing<T> of(Function<Set<String>, Map<String, List<T>>> lister) {
        return new SharedListing<>(
                lister,
                (pause, task) -> CompletableFuture.delayedExecutor(
                                pause.toNanos(),
                                TimeUnit.NANOSECONDS,
                                command -> Thread.ofVirtual().start(command))
                        .execute(task),
                System::nanoTime);
    }

    /** What has this key, from a list that begins after this call; throws what the list throws. */
    List<T> of(String key) {
        try {
            return ask(key).join().getOrDefault(key, List.of());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private synchronized CompletableFuture<Map<String, List<T>>> ask(String key) {
        Round<T> round = next;
        if (round == null) {
            round = new Round<>(new HashSet<>(), new CompletableFuture<>());
            next = round;
            scheduleUnlessBusy();
        }
        round.keys().add(key);
        return round.result();
    }

    private void scheduleUnlessBusy() {
        if (!busy) {
            busy = true;
            scheduler.accept(Duration.ofNanos(Math.max(0, rested - nanoTime.getAsLong())), this::list);
        }
    }

    private void list() {
        Round<T> round = begin();
        long begun = nanoTime.getAsLong();
        try {
            round.result().complete(lister.apply(round.keys()));
        } catch (RuntimeException e) { // whatever it is, it belongs to those who asked
            round.result().completeExceptionally(e);
        } finally {
            // Without effect after an answer or a failure: an Error is this thread's, but nobody may wait for ever.
            round.result().completeExceptionally(new IllegalStateException("the list was given up"));
            end(begun);
        }
    }

    private synchronized Round<T> begin() {
        Round<T> round = Objects.requireNonNull(next, "a list is scheduled for those who ask");
        next = null;
        return round;
    }

    private synchronized void end(long begun) {
        long ended = nanoTime.getAsLong();
        rested = ended + Math.min(REST * (ended - begun), LONGEST_REST.toNanos());
        busy = false;
        if (next != null) {
            scheduleUnlessBusy();
        }
    }

    private record Round<T>(Set<String> keys, CompletableFuture<Map<String, List<T>>> result) {}
}
