package io.nodejoin.gateway.temporal;

import io.grpc.Context;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A limit of calls to Temporal, with all their retries.
 *
 * @param scheduler cancels calls at their deadline
 */
public record CallDeadline(Duration timeout, ScheduledExecutorService scheduler) {

    /** Makes the call; it fails with {@code DEADLINE_EXCEEDED} after the timeout. */
    public <T> T within(Supplier<T> call) {
        try (Context.CancellableContext context =
                Context.current().withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS, scheduler)) {
            Context before = context.attach();
            try {
                return call.get();
            } finally {
                context.detach(before);
            }
        }
    }
}
