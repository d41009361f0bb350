package io.nodejoin.dashboard.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One reader of the event stream: one write at a time, what comes meanwhile waits. */
final class EventClient {
    private static final int MAX_WAITING = 256;

    private final Response response;
    private final Callback callback;
    private final BooleanSupplier admitted;
    private final Consumer<EventClient> onEnd;
    private final Queue<ByteBuffer> waiting = new ArrayDeque<>();
    private boolean writing;
    private boolean ended;

    EventClient(Response response, Callback callback, BooleanSupplier admitted, Consumer<EventClient> onEnd) {
        this.response = response;
        this.callback = callback;
        this.admitted = admitted;
        this.onEnd = onEnd;
    }

    /** Shows that the stream goes on, or ends it. */
    void beat() {
        if (admitted.getAsBoolean()) {
            send(bytes(": still here\n\n"));
        } else {
            close();
        }
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    /** Sends a message, or drops it if too many wait. */
    void send(ByteBuffer message) {
        synchronized (this) {
            if (ended || waiting.size() >= MAX_WAITING) {
                return;
            }
            if (writing) {
                waiting.add(message);
                return;
            }
            writing = true;
        }
        write(message);
    }

    private void write(ByteBuffer message) {
        response.write(false, message, Callback.from(this::written, this::failed));
    }

    private void written() {
        ByteBuffer next;
        synchronized (this) {
            next = waiting.poll();
            writing = next != null;
        }
        if (next != null) {
            write(next);
        }
    }

    private void failed(Throwable cause) {
        if (end()) {
            callback.failed(cause);
        }
    }

    /** Ends the response. */
    void close() {
        if (end()) {
            callback.succeeded();
        }
    }

    private boolean end() {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            waiting.clear();
        }
        onEnd.accept(this);
        return true;
    }
}
