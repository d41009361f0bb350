package io.nodejoin.dashboard.http;

import io.nodejoin.visibility.event.PublishedEvent;
import io.nodejoin.visibility.event.RecentEvents;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** The events as server-sent events. Takes no thread per client. A client that reads too slowly misses events. */
final class EventStream implements RecentEvents.Listener, AutoCloseable {
    private static final int MAX_CLIENTS = 64;
    /** Shorter than the idle time after which the server or a proxy closes a connection. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Set<EventClient> clients = ConcurrentHashMap.newKeySet();
    private @Nullable Future<?> heartbeat;

    /** @param executor decides whether clients may stay, which may take a while */
    EventStream(ScheduledExecutorService scheduler, Executor executor) {
        this.scheduler = scheduler;
        this.executor = executor;
    }

    void start() {
        heartbeat = scheduler.scheduleAtFixedRate(
                () -> clients.forEach(client -> executor.execute(client::beat)),
                HEARTBEAT.toSeconds(),
                HEARTBEAT.toSeconds(),
                TimeUnit.SECONDS);
    }

    /**
     * Takes a client, which stays until it leaves; returns whether there was room for it.
     *
     * @param admitted whether it may stay; asked with each heartbeat
     */
    boolean open(Response response, Callback callback, BooleanSupplier admitted) {
        if (clients.size() >= MAX_CLIENTS) {
            return false;
        }
        EventClient client = new EventClient(response, callback, admitted, clients::remove);
        clients.add(client);
        client.send(EventClient.bytes("retry: 3000\n\n"));
        return true;
    }

    @Override
    public void published(PublishedEvent event) {
        if (!clients.isEmpty()) {
            sendAll("data: " + Api.line(event) + "\n\n");
        }
    }

    private void sendAll(String text) {
        ByteBuffer message = EventClient.bytes(text);
        clients.forEach(client -> client.send(message.duplicate()));
    }

    @Override
    public void close() {
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
        clients.forEach(EventClient::close);
    }
}
