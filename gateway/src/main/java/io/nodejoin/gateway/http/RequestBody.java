package io.nodejoin.gateway.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;

/** The body of one request, of bounded length, read within a bounded time. */
final class RequestBody {
    private final Content.Source source;
    private final int maxBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private int discarded;

    /** How the reading ended. */
    sealed interface Outcome {
        final class Complete implements Outcome {
            private final byte[] bytes;

            private Complete(byte[] bytes) {
                this.bytes = bytes;
            }

            byte[] bytes() {
                return bytes;
            }
        }

        record TooLong() implements Outcome {}

        record TooSlow() implements Outcome {}

        /** The client has gone. */
        record Broken(Throwable cause) implements Outcome {}
    }

    private RequestBody(Content.Source source, int maxBytes) {
        this.source = source;
        this.maxBytes = maxBytes;
    }

    /** Reads a body; blocks until it is complete, longer than allowed, or late. */
    static Outcome read(Content.Source source, int maxBytes, Duration time, ScheduledExecutorService scheduler)
            throws InterruptedException {
        RequestBody body = new RequestBody(source, maxBytes);
        Future<?> timeout = scheduler.schedule(
                () -> body.outcome.complete(new Outcome.TooSlow()), time.toMillis(), TimeUnit.MILLISECONDS);
        try {
            body.readAvailable();
            return body.outcome.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an outcome is never a failure", e);
        } finally {
            timeout.cancel(false);
        }
    }

    private void readAvailable() {
        while (!outcome.isDone()) {
            Content.Chunk chunk = source.read();
            if (chunk == null) {
                source.demand(this::readAvailable);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                outcome.complete(new Outcome.Broken(chunk.getFailure()));
                return;
            }
            append(chunk.getByteBuffer());
            chunk.release();
            if (chunk.isLast()) {
                outcome.complete(discarded > 0 ? new Outcome.TooLong() : new Outcome.Complete(bytes.toByteArray()));
            }
        }
    }

    /** A client that still sends does not read its response, so as much again as is allowed is read and discarded. */
    private void append(ByteBuffer content) {
        int kept = Math.min(content.remaining(), maxBytes - bytes.size());
        byte[] copy = new byte[kept];
        content.get(copy);
        bytes.writeBytes(copy);
        discarded += content.remaining();
        if (discarded > maxBytes) {
            outcome.complete(new Outcome.TooLong());
        }
    }
}
