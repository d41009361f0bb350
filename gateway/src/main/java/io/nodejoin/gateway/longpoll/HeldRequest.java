package io.nodejoin.gateway.longpoll;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A request that is held until it has an answer, or something is new; equal to itself only. Thread-safe. */
public class HeldRequest<A> {
    private final CompletableFuture<Optional<A>> end = new CompletableFuture<>();

    /** Ends the wait with this answer. No effect if it has ended. */
    public final void answer(A answer) {
        end.complete(Optional.of(answer));
    }

    /** Ends the wait without an answer. No effect if it has ended. */
    public final void wake() {
        end.complete(Optional.empty());
    }

    /** Waits; returns the answer, or empty if it was woken. */
    public final Optional<A> await() throws InterruptedException {
        try {
            return end.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a wait is never completed with a failure", e);
        }
    }

    /** Waits for this time at most; then it is woken. */
    public final Optional<A> await(long nanos, ScheduledExecutorService scheduler) throws InterruptedException {
        Future<?> timeout = scheduler.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
        try {
            return await();
        } finally {
            timeout.cancel(false);
        }
    }
}
