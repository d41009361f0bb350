package io.nodejoin.testbed.door;

import io.nodejoin.testbed.pki.Trust;
import io.nodejoin.testbed.plan.AddressPlan.Endpoint;
import io.nodejoin.testbed.process.Waiting;
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
 * Passes calls on to the API server, one a connection and watches included, or answers them itself: once it is told to refuse, two
 * of three calls of a kind get another {@link Refusal} each, until that kind has met all of them. A watch, which nobody would begin anew for minutes,
 * is then cut soon after its beginning as long as there is a refusal left for it. Whoever comes needs a bearer token: a client certificate
 * ends here.
 */
public final class ApiDoor implements AutoCloseable {
    private static final int BACKLOG = 200;
    /** One of so many calls is passed on, so that whoever asks again comes to an end. */
    private static final int PASSED_ON = 3;

    /** Long enough for whoever watches to take it for a sound one. */
    private static final Duration CUT_AFTER = Duration.ofSeconds(1);

    private final SSLContext onward;
    private final Endpoint server;
    private final SSLServerSocket door;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<ApiCall, Integer> turns = new HashMap<>();
    private final Map<String, Integer> refused = new TreeMap<>();
    private final Duration lateBy;
    private boolean refusing;

    private ApiDoor(Endpoint near, SSLContext own, Endpoint server, SSLContext onward, Duration lateBy)
            throws IOException {
        this.lateBy = lateBy;
        this.onward = onward;
        this.server = server;
        this.door = (SSLServerSocket) own.getServerSocketFactory()
                .createServerSocket(near.port(), BACKLOG, InetAddress.getByName(near.address()));
    }

    /**
     * Opens a door that passes everything on.
     *
     * @param caPem the authority of the API server
     * @param chainAndKeyPem the door's own certificate, which those who come must trust for its address
     * @param lateBy how long after its caller has gone a late call is carried out
     */
    public static ApiDoor open(Endpoint near, Endpoint server, String caPem, String chainAndKeyPem, Duration lateBy)
            throws IOException, GeneralSecurityException {
        ApiDoor door = new ApiDoor(near, Trust.of(caPem, chainAndKeyPem), server, Trust.of(caPem), lateBy);
        door.threads.execute(door::welcome);
        return door;
    }

    /** From now on calls are refused by turns. */
    public synchronized void refuse() {
        refusing = true;
    }

    /** How often each kind of call met each refusal: {@code PUT configmaps: 409 Conflict}. */
    public synchronized Map<String, Integer> refused() {
        return new TreeMap<>(refused);
    }

    /** What calls that came, of any kind, have not met yet, in the same words. */
    public synchronized List<String> missing() {
        return turns.keySet().stream()
                .flatMap(call -> missing(call).map(refusal -> words(call, refusal)))
                .sorted()
                .toList();
    }

    private Stream<Refusal> missing(ApiCall call) {
        return Refusal.of(call).stream().filter(refusal -> !refused.containsKey(words(call, refusal)));
    }

    /** What is to be done with this call. It counts as done at once, so that no other call meets the same meanwhile. */
    private synchronized Optional<Refusal> refusal(ApiCall call) {
        boolean isItsTurn = refusing && turns.merge(call, 1, Integer::sum) % PASSED_ON != 0;
        Optional<Refusal> refusal = isItsTurn ? missing(call).findFirst() : Optional.empty();
        refusal.ifPresent(met -> refused.merge(words(call, met), 1, Integer::sum));
        return refusal;
    }

    private synchronized void hasNotMet(ApiCall call, Refusal refusal) {
        refused.computeIfPresent(words(call, refusal), (_, times) -> times == 1 ? null : times - 1);
    }

    private static String words(ApiCall call, Refusal refusal) {
        return call + ": " + refusal.words();
    }

    private void welcome() {
        while (!door.isClosed()) {
            try {
                Socket guest = door.accept();
                threads.execute(() -> serve(guest));
            } catch (IOException _) {
                // The door is closed, or this one guest has gone.
            }
        }
    }

    private void serve(Socket guest) {
        open.add(guest);
        try (guest) {
            InputStream in = new BufferedInputStream(guest.getInputStream());
            Optional<RequestHead> head = RequestHead.read(in);
            if (head.isPresent()) {
                Optional<Refusal> refusal = refusal(head.get().call());
                if (refusal.isEmpty()) {
                    passOn(head.get(), in, guest);
                } else {
                    refuse(head.get(), in, guest, refusal.get());
                }
            }
        } catch (IOException _) {
            // Whoever was cut off asks again.
        } finally {
            open.remove(guest);
        }
    }

    private void refuse(RequestHead head, InputStream in, Socket guest, Refusal refusal) throws IOException {
        try {
            byte[] body = in.readNBytes(head.bodyLength());
            switch (refusal) {
                case ANSWER_LOST -> carryOut(head, body);
                case LATE -> {
                    awaitGone(in);
                    Waiting.until(lateBy, door::isClosed);
                    carryOut(head, body);
                }
                default -> {
                    guest.getOutputStream().write(refusal.answer());
                    guest.getOutputStream().flush();
                }
            }
        } catch (IOException e) {
            hasNotMet(head.call(), refusal);
            throw e;
        }
    }

    private static void awaitGone(InputStream guest) {
        try {
            guest.skipNBytes(Long.MAX_VALUE);
        } catch (IOException _) {
            // It has gone.
        }
    }

    /** Returns once the server has begun to answer. */
    private void carryOut(RequestHead head, byte[] body) throws IOException {
        try (Socket upstream = connect()) {
            OutputStream out = upstream.getOutputStream();
            out.write(head.passedOn());
            out.write(body);
            out.flush();
            if (upstream.getInputStream().read() < 0) {
                throw new IOException("the API server has not answered");
            }
        }
    }

    private void passOn(RequestHead head, InputStream in, Socket guest) throws IOException {
        Socket upstream = connect();
        open.add(upstream);
        try (upstream) {
            if (head.call().isWatch()) {
                threads.execute(() -> cut(head.call(), upstream));
            }
            upstream.getOutputStream().write(head.passedOn());
            threads.execute(() -> copy(in, upstream));
            upstream.getInputStream().transferTo(guest.getOutputStream());
        } finally {
            open.remove(upstream);
        }
    }

    private void cut(ApiCall watch, Socket upstream) {
        Waiting.until(CUT_AFTER, upstream::isClosed);
        if (hasRefusalFor(watch)) {
            try {
                upstream.close();
            } catch (IOException _) {
                // It has ended by itself.
            }
        }
    }

    private synchronized boolean hasRefusalFor(ApiCall call) {
        return refusing && missing(call).findAny().isPresent();
    }

    /** Closes where it has copied to once there is nothing more to copy. */
    private static void copy(InputStream from, Socket to) {
        try (to) {
            from.transferTo(to.getOutputStream());
        } catch (IOException _) {
            // The other way ends as well.
        }
    }

    private Socket connect() throws IOException {
        return onward.getSocketFactory().createSocket(server.address(), server.port());
    }

    /** Closes every connection. A second call does nothing. */
    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : List.copyOf(open)) {
            socket.close();
        }
        threads.close();
    }
}
