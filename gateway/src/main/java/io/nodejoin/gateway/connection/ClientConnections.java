package io.nodejoin.gateway.connection;

import io.nodejoin.gateway.ratelimit.ClientSubnet;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;

/**
 * The open connections of clients. Closes those that do not send a complete request head in time, however often they
 * send a byte. Bounds those without a certificate: one too many closes the oldest of the subnet that has the most, so
 * that a few clients cannot keep the others out. A connection of a proxy is that of the client in its header; until that has
 * come it has the same deadline and bound, and the proxy may open any number. Thread-safe.
 */
public final class ClientConnections implements Connection.Listener {
    private final ConnectionLimits limits;
    private final Predicate<String> openings;
    private final ConnectionMetrics metrics;
    private final ScheduledExecutorService scheduler;
    private final Map<Connection, Client> clients = new ConcurrentHashMap<>();
    private final FairSet<Client> anonymous;

    /**
     * @param openings whether a client at this address may open another connection
     * @param scheduler runs tasks at deadlines; not stopped here
     */
    public ClientConnections(
            ConnectionLimits limits,
            Predicate<String> openings,
            ConnectionMetrics metrics,
            ScheduledExecutorService scheduler) {
        this.limits = limits;
        this.openings = openings;
        this.metrics = metrics;
        this.scheduler = scheduler;
        this.anonymous = new FairSet<>(limits.anonymous());
        metrics.anonymous(anonymous::size);
    }

    /** One connection. Between requests it has a deadline. */
    private final class Client {
        private final EndPoint endPoint;
        private final String address;
        private final String subnet;
        private Future<?> deadline = CompletableFuture.completedFuture(null);
        private final AtomicBoolean closing = new AtomicBoolean();
        private int requests;

        private Client(EndPoint endPoint) {
            this.endPoint = endPoint;
            this.address = address(endPoint);
            this.subnet = ClientSubnet.of(address);
        }

        private synchronized void expectRequest(Duration time) {
            deadline = scheduler.schedule(() -> close(Closure.DEADLINE), time.toMillis(), TimeUnit.MILLISECONDS);
        }

        private synchronized void beginRequest() {
            requests++;
            deadline.cancel(false);
        }

        /** The next request may have begun before the end of this one is told. */
        private synchronized void endRequest() {
            requests--;
            if (requests == 0 && endPoint.isOpen()) {
                expectRequest(limits.nextHead());
            }
        }

        /** No effect if it is being closed already. */
        private void close(Closure reason) {
            if (closing.compareAndSet(false, true)) {
                metrics.closed(reason);
                endPoint.close();
            }
        }

        private synchronized void forget() {
            deadline.cancel(false);
            anonymous.remove(subnet, this);
        }
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof SslConnection) { // the connection inside of it is opened as well
            return;
        }
        Client client = new Client(connection.getEndPoint());
        if (isOfClient(connection) && !openings.test(client.address)) {
            client.close(Closure.RATE);
            return;
        }
        clients.put(connection, client);
        client.expectRequest(limits.firstHead());
        anonymous.add(client.subnet, client).ifPresent(surplus -> surplus.close(Closure.LIMIT));
    }

    @Override
    public void onClosed(Connection connection) {
        Client client = clients.remove(connection);
        if (client != null) {
            client.forget();
            if (!isOfClient(connection) && !client.endPoint.isOpen()) {
                client.close(Closure.PROXY_HEADER);
            }
        }
    }

    /** Returns whether it is for requests. Another one reads the header of a proxy, and has a follower if it is right. */
    private static boolean isOfClient(Connection connection) {
        return connection instanceof ConnectionMetaData;
    }

    /** The head of this request is complete. Call it once for each request. */
    public void requestBegun(Request request) {
        client(request).ifPresent(client -> {
            client.beginRequest();
            Request.addCompletionListener(request, _ -> client.endRequest());
        });
    }

    /** The client of this request has shown a certificate or the secret of a pool's machine that is accepted. A second call has no effect. */
    public void authenticated(Request request) {
        client(request).ifPresent(client -> anonymous.remove(client.subnet, client));
    }

    private Optional<Client> client(Request request) {
        return Optional.ofNullable(clients.get(request.getConnectionMetaData().getConnection()));
    }

    private static String address(EndPoint endPoint) {
        return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "unknown";
    }
}
