package io.nodejoin.testbed.apiproxy;

import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.pki.TlsContexts;
import io.nodejoin.testbed.process.Await;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A TLS proxy in front of the API server that injects faults. It forwards every request, one per connection, watches
 * included. Once faults are injected, two of three requests of a kind receive an {@link ApiFault}, until the kind has
 * received each applicable fault. A watch, which would not be restarted for minutes, is cut soon after its start while
 * a fault is left for it. Clients must authenticate by bearer token: client certificates end at the proxy.
 */
public final class ApiFaultProxy implements AutoCloseable {
    private static final int BACKLOG = 200;
    /** One of three requests of a kind is forwarded, so that retries succeed. */
    private static final int PASS_EVERY = 3;

    /** Long enough for the client to consider the watch established. */
    private static final Duration CUT_AFTER = Duration.ofSeconds(1);

    private final SSLContext upstreamTls;
    private final Endpoint upstreamAddress;
    private final SSLServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<ApiCall, Integer> calls = new HashMap<>();
    private final Map<String, Integer> injected = new TreeMap<>();
    private final Duration lateBy;
    private boolean injecting;

    private ApiFaultProxy(Endpoint near, SSLContext own, Endpoint server, SSLContext onward, Duration lateBy)
            throws IOException {
        this.lateBy = lateBy;
        this.upstreamTls = onward;
        this.upstreamAddress = server;
        this.listener = (SSLServerSocket) own.getServerSocketFactory()
                .createServerSocket(near.port(), BACKLOG, InetAddress.getByName(near.address()));
    }

    /**
     * Opens a proxy without faults.
     *
     * @param caPem the CA of the API server
     * @param chainAndKeyPem the proxy's server certificate, which clients must trust
     * @param lateBy delay after the client's disconnect until a late request is executed
     */
    public static ApiFaultProxy open(
            Endpoint near, Endpoint server, String caPem, String chainAndKeyPem, Duration lateBy)
            throws IOException, GeneralSecurityException {
        ApiFaultProxy proxy = new ApiFaultProxy(
                near, TlsContexts.create(caPem, chainAndKeyPem), server, TlsContexts.create(caPem), lateBy);
        proxy.threads.execute(proxy::acceptLoop);
        return proxy;
    }

    /** From now on calls are refused by turns. Cuts the connections that are open: a watch lasts for minutes. */
    public void injectFaults() throws IOException {
        synchronized (this) {
            injecting = true;
        }
        closeConnections();
    }

    /** Returns how often each kind of request received each fault: {@code PUT configmaps: 409 Conflict}. */
    public synchronized Map<String, Integer> injectedFaults() {
        return new TreeMap<>(injected);
    }

    /** Returns the faults that the kinds of requests seen so far have not received, in the same form. */
    public synchronized List<String> pendingFaults() {
        return calls.keySet().stream()
                .flatMap(call -> pendingFaults(call).map(fault -> describe(call, fault)))
                .sorted()
                .toList();
    }

    private Stream<ApiFault> pendingFaults(ApiCall call) {
        return ApiFault.applicableTo(call).stream().filter(fault -> !injected.containsKey(describe(call, fault)));
    }

    /**
     * Returns the fault for this request, and counts it immediately, so that no concurrent request gets the same one.
     */
    private synchronized Optional<ApiFault> nextFault(ApiCall call) {
        boolean isItsTurn = injecting && calls.merge(call, 1, Integer::sum) % PASS_EVERY != 0;
        Optional<ApiFault> refusal = isItsTurn ? pendingFaults(call).findFirst() : Optional.empty();
        refusal.ifPresent(met -> injected.merge(describe(call, met), 1, Integer::sum));
        return refusal;
    }

    private synchronized void revokeFault(ApiCall call, ApiFault fault) {
        injected.computeIfPresent(describe(call, fault), (_, times) -> times == 1 ? null : times - 1);
    }

    private static String describe(ApiCall call, ApiFault fault) {
        return call + ": " + fault.description();
    }

    private void acceptLoop() {
        while (!listener.isClosed()) {
            try {
                Socket guest = listener.accept();
                threads.execute(() -> serve(guest));
            } catch (IOException _) {
                // The proxy is closed, or the client has disconnected.
            }
        }
    }

    private void serve(Socket guest) {
        open.add(guest);
        try (guest) {
            InputStream in = new BufferedInputStream(guest.getInputStream());
            Optional<RequestHead> head = RequestHead.read(in);
            if (head.isPresent()) {
                Optional<ApiFault> refusal = nextFault(head.get().call());
                if (refusal.isEmpty()) {
                    forward(head.get(), in, guest);
                } else {
                    injectFaults(head.get(), in, guest, refusal.get());
                }
            }
        } catch (IOException _) {
            // The client reconnects.
        } finally {
            open.remove(guest);
        }
    }

    private void injectFaults(RequestHead head, InputStream in, Socket guest, ApiFault fault) throws IOException {
        try {
            byte[] body = in.readNBytes(head.bodyLength());
            switch (fault) {
                case RESPONSE_LOST -> forwardWithoutReply(head, body);
                case LATE -> {
                    awaitClosed(in);
                    Await.until(lateBy, listener::isClosed);
                    forwardWithoutReply(head, body);
                }
                default -> {
                    guest.getOutputStream().write(fault.response());
                    guest.getOutputStream().flush();
                }
            }
        } catch (IOException e) {
            revokeFault(head.call(), fault);
            throw e;
        }
    }

    private static void awaitClosed(InputStream guest) {
        try {
            guest.skipNBytes(Long.MAX_VALUE);
        } catch (IOException _) {
            // The connection is closed.
        }
    }

    /** Returns once the server starts to respond. */
    private void forwardWithoutReply(RequestHead head, byte[] body) throws IOException {
        try (Socket upstream = connect()) {
            OutputStream out = upstream.getOutputStream();
            out.write(head.toForward());
            out.write(body);
            out.flush();
            if (upstream.getInputStream().read() < 0) {
                throw new IOException("the API server has not answered");
            }
        }
    }

    private void forward(RequestHead head, InputStream in, Socket guest) throws IOException {
        Socket upstream = connect();
        open.add(upstream);
        try (upstream) {
            if (head.call().isWatch()) {
                threads.execute(() -> cutWatch(head.call(), upstream));
            }
            upstream.getOutputStream().write(head.toForward());
            threads.execute(() -> copy(in, upstream));
            upstream.getInputStream().transferTo(guest.getOutputStream());
        } finally {
            open.remove(upstream);
        }
    }

    private void cutWatch(ApiCall watch, Socket upstream) {
        Await.until(CUT_AFTER, upstream::isClosed);
        if (hasFaultFor(watch)) {
            try {
                upstream.close();
            } catch (IOException _) {
                // The connection is closed.
            }
        }
    }

    private synchronized boolean hasFaultFor(ApiCall call) {
        return injecting && pendingFaults(call).findAny().isPresent();
    }

    /** Closes the target once the source is at its end. */
    private static void copy(InputStream from, Socket to) {
        try (to) {
            from.transferTo(to.getOutputStream());
        } catch (IOException _) {
            // The other direction ends as well.
        }
    }

    private Socket connect() throws IOException {
        return upstreamTls.getSocketFactory().createSocket(upstreamAddress.address(), upstreamAddress.port());
    }

    /** Closes every connection. A second call does nothing. */
    @Override
    public void close() throws IOException {
        listener.close();
        closeConnections();
        threads.close();
    }

    private void closeConnections() throws IOException {
        for (Socket socket : List.copyOf(open)) {
            socket.close();
        }
    }
}
