package io.nodejoin.dashboard.http;

import io.nodejoin.visibility.event.PublishedEvent;
import io.nodejoin.visibility.event.RecentEvents;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The events as server-sent events. Takes no thread per client. A client that reads too slowly misses events. */
final class EventStream implements RecentEvents.Listener, AutoCloseable {
    private static final int MAX_CLIENTS = 64;
    /** Shorter than the idle time after which the server or a proxy closes a connection. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final ScheduledExecutorService scheduler;
    private final InstantSource clock;
    private final Set<EventClient> clients = ConcurrentHashMap.newKeySet();
    private @Nullable Future<?> heartbeat;

    EventStream(ScheduledExecutorService scheduler, InstantSource clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    void start() {
        heartbeat = scheduler.scheduleAtFixedRate(
                () -> sendAll(": still here\n\n"), HEARTBEAT.toSeconds(), HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
    }

    /**
     * Takes a client, which stays until it leaves; returns whether there was room for it.
     *
     * @param until when its session ends, and the stream with it; null if it has no end
     */
    boolean open(Response response, Callback callback, @Nullable Instant until) {
        if (clients.size() >= MAX_CLIENTS) {
            return false;
        }
        EventClient client = new EventClient(response, callback, clients::remove);
        clients.add(client);
        if (until != null) {
            Duration left = Duration.between(clock.instant(), until);
            Future<?> _ = scheduler.schedule(client::close, left.toSeconds(), TimeUnit.SECONDS);
        }
        client.send(bytes("retry: 3000\n\n"));
        return true;
    }

    @Override
    public void published(PublishedEvent event) {
        if (!clients.isEmpty()) {
            sendAll("data: " + Api.line(event) + "\n\n");
        }
    }

    private void sendAll(String text) {
        ByteBuffer message = bytes(text);
        clients.forEach(client -> client.send(message.duplicate()));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    @Override
    public void close() {
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
        clients.forEach(EventClient::close);
    }
}
